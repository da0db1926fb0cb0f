import { Tooltip } from "@mantine/core";
import { useCallback, useSyncExternalStore } from "react";
import type { CollabSession } from "../../collab/collab-session.js";
import { type Present, presentIn } from "../../collab/presence.js";
import { useLocale } from "../../i18n/locale.js";
import { useMe } from "../../session/session.js";
import { initials } from "../../ui/person-colour.js";
import classes from "./filing.module.css";

/** How many faces fit; the rest are a number. */
const FACES = 5;

/** Who else has this document open, in the colours of their carets. */
export function Presence({ session }: { session: CollabSession }) {
  const { messages } = useLocale();
  const words = messages.filing;
  const people = usePresent(session);
  const summary = people.length > 1 ? words.here(people.length) : words.alone;
  const name = ({ name: plain, isMe }: Present) => (isMe ? plain + words.youSuffix : plain);
  return (
    <ul className={classes.presence} aria-label={`${summary}: ${people.map(name).join(", ")}`}>
      {people.slice(0, FACES).map((person) => (
        <Tooltip key={person.id} label={name(person)} openDelay={100}>
          <li style={{ background: person.color }} data-me={person.isMe || undefined}>
            {initials(person.name)}
          </li>
        </Tooltip>
      ))}
      {people.length > FACES ? (
        <Tooltip label={people.slice(FACES).map(name).join(", ")} multiline maw={260}>
          <li className={classes.others}>+{people.length - FACES}</li>
        </Tooltip>
      ) : null}
    </ul>
  );
}

/** Rendered only when someone comes, goes or changes, not for every move of a caret. */
function usePresent({ awareness }: CollabSession): Present[] {
  const { id } = useMe().user;
  const subscribe = useCallback(
    (listener: () => void) => {
      awareness.on("change", listener);
      return () => awareness.off("change", listener);
    },
    [awareness],
  );
  const people = useSyncExternalStore(subscribe, () =>
    JSON.stringify(presentIn(awareness.getStates(), awareness.clientID, id)),
  );
  return JSON.parse(people) as Present[];
}
