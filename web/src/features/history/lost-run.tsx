import { useLocale } from "../../i18n/locale.js";
import classes from "./history.module.css";
import { Told } from "./told.js";
import type { LostText } from "./tree.js";
import { useStamp } from "./use-stamp.js";

/** Words that were written between two versions and are in neither: who wrote them, and who took away what they stood in. */
export function LostRun({ lost }: { lost: LostText }) {
  const { messages } = useLocale();
  const stamp = useStamp();
  const words = messages.past;
  const went = stamp(lost.deleted, words.lostWith)["data-tip"];
  const props = stamp(lost.inserted, words.lost);
  return (
    <Told
      as="del"
      className={classes.lost}
      change="lost"
      props={{ ...props, "data-tip": `${props["data-tip"]} · ${went}` }}
    >
      {lost.text}
    </Told>
  );
}
