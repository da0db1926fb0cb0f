import { Button, Group, Modal, TextInput } from "@mantine/core";
import {
  CreateDocumentDocument,
  CreateFolderDocument,
  type FolderRowFragment,
} from "@onrecord/schema/generated";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { useMutation } from "urql";
import { problemOf } from "../../api/problem.js";
import { useLocale } from "../../i18n/locale.js";
import { tellProblem } from "../../ui/problem-toast.js";

/** What can be made from a title alone. */
export type Creatable = "filing" | "text" | "folder";

interface CreateModalProps {
  readonly kind: Creatable;
  readonly parent: FolderRowFragment | null;
  readonly onClose: () => void;
  readonly onCreated: () => void;
}

/** Asks for a title and makes the thing; a new document opens at once. */
export function CreateModal({ kind, parent, onClose, onCreated }: CreateModalProps) {
  const { messages } = useLocale();
  const words = messages.home;
  const heading = { filing: words.newFiling, text: words.newText, folder: words.newFolder }[kind];
  const [title, setTitle] = useState("");
  const [touched, setTouched] = useState(false);
  const [folder, createFolder] = useMutation(CreateFolderDocument);
  const [document, createDocument] = useMutation(CreateDocumentDocument);
  const navigate = useNavigate();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    const name = title.trim();
    if (name === "") return;
    const failed = kind === "folder" ? await makeFolder(name) : await makeDocument(name);
    if (failed) tellProblem(problemOf(failed), heading, messages);
  };

  const makeFolder = async (name: string) => {
    const { error } = await createFolder({ input: { name, parentId: parent?.id ?? null } });
    if (error) return error;
    onCreated();
    onClose();
    return null;
  };

  const makeDocument = async (name: string) => {
    if (parent === null) return null;
    const input = {
      folderId: parent.id,
      title: name,
      kind: kind === "text" ? ("TEXT" as const) : ("FILING" as const),
    };
    const { data, error } = await createDocument({ input });
    if (data) void navigate(`/documents/${data.createDocument.id}`);
    return error ?? null;
  };

  return (
    <Modal opened onClose={onClose} title={parent ? `${heading} ${words.createIn(parent.name)}` : heading}>
      <form onSubmit={(event) => void submit(event)}>
        <TextInput
          data-autofocus
          label={kind === "folder" ? words.folderName : words.title_}
          value={title}
          maxLength={200}
          error={touched && title.trim() === "" ? words.needTitle : null}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap={8} mt={18}>
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={folder.fetching || document.fetching}>
            {words.create}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
