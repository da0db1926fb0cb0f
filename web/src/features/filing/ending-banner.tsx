import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconLock } from "@tabler/icons-react";
import type { CollabSession } from "../../collab/collab-session.js";
import type { Ending } from "../../collab/ending.js";
import { useEnded } from "../../collab/use-collab.js";
import { useLocale } from "../../i18n/locale.js";
import { useSession } from "../../session/session.js";
import classes from "./filing.module.css";

/** Says why the connection ended for good and what can still be done; nothing while it lives. */
export function EndingBanner({ session, onReload }: { session: CollabSession; onReload: () => void }) {
  const { messages, format } = useLocale();
  const { ask, state } = useSession();
  const over = useEnded(session);
  if (over === null) return null;
  const { why, unsaved } = over;
  const words = messages.banner;
  const ended = state.kind === "signed-in" ? state.ended : null;
  const { title, text } =
    why === "signed-out" && ended?.kind === "other" ? words.other(ended.person.name) : words[why];

  const copy = async () => {
    // Loaded on demand: it brings the editor's schema along.
    const { wordsOf } = await import("../../collab/plain-text.js");
    await navigator.clipboard.writeText(wordsOf(session.doc));
    notifications.show({ message: messages.common.copied });
  };

  return (
    <div className={classes.banner} role="alert" data-why={why}>
      {why === "removed" || why === "gone" ? <IconLock size={18} /> : <IconAlertTriangle size={18} />}
      <div className={classes.bannerText}>
        <strong>{title}.</strong> {text}{" "}
        {unsaved > 0 ? <em>{words.unsaved(format.number(unsaved), unsaved)}</em> : null}
      </div>
      {keepsText(why) ? (
        <Button variant="default" onClick={() => void copy()}>
          {words.copyText}
        </Button>
      ) : null}
      {why === "signed-out" ? <Button onClick={ask}>{words.signIn}</Button> : null}
      {canReload(why) ? <Button onClick={onReload}>{words.reload}</Button> : null}
    </div>
  );
}

/** Whose access was taken away keeps nothing; who was merely cut off may carry their words to safety. */
function keepsText(why: Ending): boolean {
  return why !== "removed" && why !== "gone";
}

function canReload(why: Ending): boolean {
  return why === "view-only" || why === "too-large" || why === "malformed";
}
