import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import type { CombinedError } from "@urql/core";
import { type FormEvent, useState } from "react";
import { peopleFault } from "../../api/people-fault.js";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { FaultAlert } from "./fault-alert.js";

interface NameModalProps {
  readonly title: string;
  /** The name that is there. */
  readonly name?: string;
  readonly confirm: string;
  readonly onName: (name: string) => Promise<{ readonly error?: CombinedError | undefined }>;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

/** Asks for the name of a department or a role. */
export function NameModal({ title, name: before = "", confirm, onName, onDone, onClose }: NameModalProps) {
  const { messages } = useLocale();
  const words = usePeopleWords();
  const [name, setName] = useState(before);
  const [fault, setFault] = useState<string | null>(null);
  const [whole, setWhole] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setFault(name.trim() === "" ? words.roles.needName : null);
    setWhole(null);
    if (name.trim() === "") return;
    setBusy(true);
    const { error } = await onName(name);
    setBusy(false);
    if (!error) return onDone(name.trim());
    const { field, sentence } = peopleFault(error, words, messages.errors);
    if (field === "name") setFault(sentence);
    else setWhole(sentence);
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap={13}>
          <FaultAlert sentence={whole} />
          <TextInput
            data-autofocus
            label={words.roles.name}
            autoComplete="off"
            maxLength={200}
            value={name}
            error={fault}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Stack>
        <Group justify="flex-end" gap={8} mt={18}>
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={busy}>
            {confirm}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
