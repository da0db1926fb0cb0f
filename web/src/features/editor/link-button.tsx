import { Button, Group, Popover, TextInput } from "@mantine/core";
import { safeHref } from "@onrecord/filing/safe-href";
import { IconLink } from "@tabler/icons-react";
import type { Editor } from "@tiptap/core";
import { type FormEvent, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { ToolButton } from "./tool-button.js";
import { useEditorState } from "./use-editor-state.js";

/** Sets, changes or removes the link under the cursor; only addresses that a filing may carry. */
export function LinkButton({ editor, disabled }: { editor: Editor; disabled: boolean }) {
  const { messages } = useLocale();
  const words = messages.toolbar;
  const [opened, setOpened] = useState(false);
  const [href, setHref] = useState("");
  const [invalid, setInvalid] = useState(false);
  const { active, selected } = useEditorState(editor, (one) => ({
    active: one.isActive("link"),
    selected: !one.state.selection.empty,
  }));

  const open = () => {
    const current: unknown = editor.getAttributes("link").href;
    setHref(typeof current === "string" ? current : "");
    setInvalid(false);
    setOpened(true);
  };
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const safe = safeHref(withProtocol(href.trim()));
    if (safe === null) return setInvalid(true);
    setOpened(false);
    editor.chain().focus().extendMarkRange("link").setLink({ href: safe }).run();
  };
  const remove = () => {
    setOpened(false);
    editor.chain().focus().extendMarkRange("link").unsetLink().run();
  };

  return (
    <Popover opened={opened} onChange={setOpened} trapFocus withArrow shadow="md" width={320}>
      <Popover.Target>
        <ToolButton
          label={words.link}
          Icon={IconLink}
          active={active}
          disabled={disabled || !(active || selected)}
          onClick={open}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={apply}>
          <TextInput
            label={words.linkAddress}
            value={href}
            placeholder="https://"
            error={invalid ? words.linkInvalid : null}
            onChange={(event) => setHref(event.currentTarget.value)}
          />
          <Group justify="space-between" mt={10}>
            <Button variant="subtle" color="red" disabled={!active} onClick={remove}>
              {words.linkRemove}
            </Button>
            <Button type="submit">{words.linkApply}</Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function withProtocol(address: string): string {
  return /^(?:[a-z][a-z\d+.-]*:|#)/i.test(address) || address === "" ? address : `https://${address}`;
}
