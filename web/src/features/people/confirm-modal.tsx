import { Button, Group, Modal, Stack } from "@mantine/core";
import type { CombinedError } from "@urql/core";
import { type ReactNode, useState } from "react";
import { peopleFault } from "../../api/people-fault.js";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { FaultAlert } from "./fault-alert.js";

interface ConfirmModalProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly confirm: string;
  /** Whether it takes something away. */
  readonly danger?: boolean;
  /** Does it, and returns what went wrong; null: nothing has been done yet, as something is missing. */
  readonly onConfirm: () => Promise<{ readonly error?: CombinedError | undefined } | null>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Says what will happen before it does, and, where it is refused, why. */
export function ConfirmModal(props: ConfirmModalProps) {
  const { title, children, confirm, danger = false, onConfirm, onDone, onClose } = props;
  const { messages } = useLocale();
  const words = usePeopleWords();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const act = async () => {
    setBusy(true);
    setFault(null);
    const result = await onConfirm();
    setBusy(false);
    if (result?.error) return setFault(peopleFault(result.error, words, messages.errors).sentence);
    if (result !== null) onDone();
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <Stack gap={14}>
        {children}
        <FaultAlert sentence={fault} />
        <Group justify="flex-end" gap={8} mt={4}>
          <Button variant="default" data-autofocus onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button {...(danger ? { color: "red.9" } : {})} loading={busy} onClick={() => void act()}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
