import { useLocale } from "../../i18n/locale.js";
import { useTelling, whenOf } from "./telling.js";
import type { Stamp } from "./tree.js";
import type { Writer } from "./writer.js";

/** What an element is given so that hovering it, the legend and a screen reader can tell who did what, and when. */
export interface StampProps {
  readonly "data-writer"?: string;
  readonly "data-standing"?: Writer["standing"];
  readonly "data-tip": string;
  readonly style?: Readonly<Record<`--${string}`, string>>;
}

/** Puts stamps into words: `what` says what a named person did. */
export function useStamp(): (stamp: Stamp | null | undefined, what: (name: string) => string) => StampProps {
  const { messages, format } = useLocale();
  const { writers } = useTelling();
  return (stamp, what) => {
    const writer = stamp ? writers[stamp.by] : undefined;
    if (!stamp || !writer) return { "data-tip": what(messages.past.someone) };
    const parts = [what(writer.said), ...(writer.hint ? [writer.hint] : []), whenOf(stamp, format, messages)];
    return {
      "data-writer": writer.key,
      "data-standing": writer.standing,
      "data-tip": parts.join(" · "),
      ...(writer.colour === null ? {} : { style: { "--person": writer.colour } }),
    };
  };
}
