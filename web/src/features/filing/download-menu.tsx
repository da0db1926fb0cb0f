import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { type ContentFormat, DownloadDocument } from "@onrecord/schema/generated";
import { IconBraces, IconDownload, IconFileTypeHtml, IconFileTypeTxt } from "@tabler/icons-react";
import { useMutation } from "urql";
import type { OpenDocument } from "../../api/open-document.js";
import { problemOf } from "../../api/problem.js";
import { useLocale } from "../../i18n/locale.js";
import { useSession } from "../../session/session.js";
import { tellProblem } from "../../ui/problem-toast.js";

const formats: { format: ContentFormat; Icon: typeof IconBraces }[] = [
  { format: "HTML", Icon: IconFileTypeHtml },
  { format: "TEXT", Icon: IconFileTypeTxt },
  { format: "JSON", Icon: IconBraces },
];

/**
 * Asks for a download. It is offered to everyone: whether it is allowed is decided by the server at that moment, and a
 * refusal is explained and on the record.
 */
export function DownloadMenu({ document }: { document: OpenDocument }) {
  const { messages } = useLocale();
  const words = messages.filing;
  const { id } = useSession();
  const [{ fetching }, download] = useMutation(DownloadDocument);

  const start = async (format: ContentFormat) => {
    const { data, error } = await download({ input: { documentId: document.id, format } });
    if (data) follow(data.download.url, id);
    if (!error) return;
    const problem = problemOf(error);
    if (problem.kind === "forbidden")
      tellProblem(problem, words.downloadRefused, messages, words.downloadRefusedHint);
    else tellProblem(problem, words.downloadFailed, messages);
  };

  return (
    <Menu>
      <Menu.Target>
        <Tooltip label={words.download}>
          <ActionIcon aria-label={words.download} loading={fetching}>
            <IconDownload size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(({ format, Icon }) => (
          <Menu.Item
            key={format}
            leftSection={<Icon size={16} stroke={1.6} />}
            onClick={() => void start(format)}
          >
            {words.downloadAs[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Follows a one-time address without leaving the page, in the name of its session; the server names the file. */
function follow(url: string, sessionId: string | null): void {
  const link = window.document.createElement("a");
  link.href = sessionId === null ? url : `${url}?session=${sessionId}`;
  link.download = "";
  link.click();
}
