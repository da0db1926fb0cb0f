import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import type { CreatePasswordLinkMutation } from "@onrecord/schema/generated";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import classes from "./people.module.css";

/** A link for a password, as it is shown once. */
export type MadeLink = CreatePasswordLinkMutation["createPasswordLink"];

interface LinkModalProps {
  readonly name: string;
  readonly lead: string;
  readonly link: MadeLink;
  readonly onClose: () => void;
}

/** Shows a link once, to be handed over. A click beside it does not close it: it would not come again. */
export function LinkModal({ name, lead, link, onClose }: LinkModalProps) {
  const { format } = useLocale();
  const words = usePeopleWords().link;
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<"no" | "yes" | "by-hand">("no");
  // A server that does not know the address that people use leaves it to the page.
  const url = new URL(link.url, window.location.origin).href;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      setCopied("yes");
    } catch {
      field.current?.select();
      setCopied("by-hand");
    }
  };
  return (
    <Modal opened onClose={onClose} title={words.title(name)} closeOnClickOutside={false} size="lg">
      <Stack gap={12}>
        <Text size="sm" lh={1.55}>
          {lead}
        </Text>
        <TextInput
          ref={field}
          label={words.label}
          value={url}
          readOnly
          spellCheck={false}
          classNames={{ input: `${classes.linkField} mono` }}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Text size="sm" lh={1.55} c="dimmed">
          {words.once} {words.until(format.full(link.expiresAt))}
        </Text>
        <div role="status" className={classes.copied} data-how={copied}>
          {copied === "yes" ? words.copied : copied === "by-hand" ? words.byHand : null}
        </div>
        <Group justify="flex-end" gap={8}>
          <Button
            data-autofocus
            variant={copied === "yes" ? "default" : "filled"}
            leftSection={copied === "yes" ? <IconCheck size={14} /> : <IconCopy size={14} />}
            onClick={() => void copy()}
          >
            {words.copy}
          </Button>
          <Button variant={copied === "yes" ? "filled" : "default"} onClick={onClose}>
            {words.done}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
