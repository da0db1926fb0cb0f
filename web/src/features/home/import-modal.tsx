import { Button, FileInput, Group, Modal, Progress, Text, TextInput } from "@mantine/core";
import { decodePage } from "@onrecord/filing/decode-page";
import { type FolderRowFragment, ImportDocumentDocument } from "@onrecord/schema/generated";
import { IconFileImport } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { useMutation } from "urql";
import { problemOf } from "../../api/problem.js";
import { useLocale } from "../../i18n/locale.js";
import { tellProblem } from "../../ui/problem-toast.js";
import { titleFromFile } from "./title-from-file.js";

/** What the server takes in one request. */
const LARGEST_BYTES = 30 * 1024 * 1024;

/** Makes a filing from an HTML file and opens it. */
export function ImportModal({ folder, onClose }: { folder: FolderRowFragment; onClose: () => void }) {
  const { messages } = useLocale();
  const words = messages.home;
  const [file, setFile] = useState<File | null>(null);
  const [title, setTitle] = useState("");
  const [touched, setTouched] = useState(false);
  const [{ fetching }, importDocument] = useMutation(ImportDocumentDocument);
  const navigate = useNavigate();
  const fault =
    file === null ? null : file.size > LARGEST_BYTES ? words.tooLarge : isHtml(file) ? null : words.notHtml;

  const choose = (chosen: File | null) => {
    setFile(chosen);
    if (chosen !== null && title.trim() === "") setTitle(titleFromFile(chosen.name));
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (file === null || fault !== null) return;
    const html = decodePage(new Uint8Array(await file.arrayBuffer()));
    const { data, error } = await importDocument({
      input: { folderId: folder.id, title: title.trim() || null, html },
    });
    if (data) void navigate(`/documents/${data.importDocument.id}`);
    else if (error) tellProblem(problemOf(error), words.importFailed, messages);
  };

  return (
    <Modal
      opened
      onClose={fetching ? () => {} : onClose}
      title={`${words.importHtml} ${words.createIn(folder.name)}`}
    >
      <form onSubmit={(event) => void submit(event)}>
        <FileInput
          data-autofocus
          label={words.chooseFile}
          accept=".html,.htm,.xhtml,.mht,.mhtml,.txt,text/html"
          leftSection={<IconFileImport size={15} />}
          value={file}
          onChange={choose}
          error={touched && file === null ? words.chooseFile : fault}
          disabled={fetching}
        />
        <TextInput
          label={words.title_}
          mt={12}
          value={title}
          maxLength={200}
          disabled={fetching}
          description={words.ownTitle}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        {fetching && file ? (
          <div role="status">
            <Text size="xs" c="dimmed" mt={14} mb={6}>
              {words.importing(file.name)}
            </Text>
            <Progress value={100} animated size="sm" />
          </div>
        ) : null}
        <Group justify="flex-end" gap={8} mt={18}>
          <Button variant="default" onClick={onClose} disabled={fetching}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={fetching}>
            {words.importHtml}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function isHtml(file: File): boolean {
  return (
    file.type === "text/html" ||
    file.type === "application/xhtml+xml" ||
    /\.(x?html?|mht|mhtml|txt)$/i.test(file.name)
  );
}
