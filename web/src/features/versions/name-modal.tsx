import { Button, Group, Modal, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { NameVersionDocument } from "@onrecord/schema/generated";
import { type FormEvent, useState } from "react";
import { useMutation } from "urql";
import { problemOf } from "../../api/problem.js";
import { useLocale } from "../../i18n/locale.js";
import { tellProblem } from "../../ui/problem-toast.js";
import type { VersionRow } from "./group-versions.js";

interface NameModalProps {
  readonly version: VersionRow;
  readonly onNamed: (version: VersionRow) => void;
  readonly onClose: () => void;
}

/** Gives a version a name by which people will find it again. */
export function NameModal({ version, onNamed, onClose }: NameModalProps) {
  const { messages, format } = useLocale();
  const words = messages.versions;
  const [name, setName] = useState(version.name ?? "");
  const [touched, setTouched] = useState(false);
  const [{ fetching }, nameVersion] = useMutation(NameVersionDocument);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (name.trim() === "") return;
    const input = { documentId: version.documentId, version: version.number, name: name.trim() };
    const { data, error } = await nameVersion({ input });
    if (error) return tellProblem(problemOf(error), words.nameIt, messages);
    if (data) onNamed(data.nameVersion);
    notifications.show({ message: words.named });
    onClose();
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={`${words.nameIt} · ${words.version(format.number(version.number))}`}
    >
      <form onSubmit={(event) => void submit(event)}>
        <TextInput
          data-autofocus
          label={words.name}
          placeholder={words.namePlaceholder}
          maxLength={120}
          value={name}
          error={touched && name.trim() === "" ? words.needName : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap={8} mt={18}>
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={fetching}>
            {words.save}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
