import { Button, Group, Modal, Text } from "@mantine/core";
import { useEffect } from "react";
import { useBlocker } from "react-router";
import type { CollabSession } from "../../collab/collab-session.js";
import { unsaved } from "../../collab/saved-state.js";
import { useOf } from "../../collab/use-collab.js";
import { useLocale } from "../../i18n/locale.js";
import { useSettled } from "../../ui/use-settled.js";

/** Holds a click that leaves the document until everything is saved, or until the person says that it may be lost. */
export function LeaveQuestion({ session }: { session: CollabSession }) {
  const { messages, format } = useLocale();
  const words = messages.leave;
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      unsaved(session.saved) > 0 && currentLocation.pathname !== nextLocation.pathname,
  );

  // Counted only while somebody is held: else every key would render this.
  const open = useOf(session, ({ saved }) => (blocker.state === "blocked" ? unsaved(saved) : null));
  useEffect(() => {
    if (open === 0 && blocker.state === "blocked") blocker.proceed();
  }, [open, blocker]);

  // Most saves take a blink: no question flashes up for those.
  const waiting = useSettled(blocker.state, 400) === "blocked";
  if (blocker.state !== "blocked" || !waiting) return null;
  return (
    <Modal opened onClose={() => blocker.reset()} title={words.title}>
      <Text size="sm">{words.text(format.number(open ?? 0), open ?? 0)}</Text>
      <Group justify="flex-end" gap={8} mt={18}>
        <Button variant="light" color="red" onClick={() => blocker.proceed()}>
          {words.leave}
        </Button>
        <Button data-autofocus onClick={() => blocker.reset()}>
          {words.stay}
        </Button>
      </Group>
    </Modal>
  );
}
