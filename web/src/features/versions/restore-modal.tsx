import { Button, Group, Modal, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { RestoreVersionDocument } from "@onrecord/schema/generated";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { useMutation } from "urql";
import { problemOf } from "../../api/problem.js";
import { useLocale } from "../../i18n/locale.js";
import { tellProblem } from "../../ui/problem-toast.js";
import { focusText } from "../editor/focus-text.js";

interface RestoreModalProps {
  readonly documentId: string;
  readonly number: number;
  readonly onClose: () => void;
}

/** Asks before everyone's document becomes what it was. */
export function RestoreModal({ documentId, number, onClose }: RestoreModalProps) {
  const { messages, format } = useLocale();
  const words = messages.versions;
  const shown = format.number(number);
  const [{ fetching }, restore] = useMutation(RestoreVersionDocument);
  const [, setSearch] = useSearchParams();
  const [done, setDone] = useState(false);

  const confirm = async () => {
    const { error } = await restore({ input: { documentId, version: number } });
    if (error) return tellProblem(problemOf(error), words.restoreTitle(shown), messages);
    setDone(true);
    notifications.show({ message: words.restored(shown) });
    setSearch({}, { replace: true });
    onClose();
    focusText();
  };

  return (
    <Modal opened onClose={onClose} returnFocus={!done} title={words.restoreTitle(shown)}>
      <Text size="sm" lh={1.55}>
        {words.restoreText(shown)}
      </Text>
      <Group justify="flex-end" gap={8} mt={18}>
        <Button variant="default" onClick={onClose}>
          {messages.common.cancel}
        </Button>
        <Button data-autofocus loading={fetching} onClick={() => void confirm()}>
          {words.restore}
        </Button>
      </Group>
    </Modal>
  );
}
