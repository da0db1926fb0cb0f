import { Menu } from "@mantine/core";
import {
  IconDots,
  IconLineDashed,
  IconStrikethrough,
  IconSubscript,
  IconSuperscript,
} from "@tabler/icons-react";
import type { Editor } from "@tiptap/core";
import { useLocale } from "../../i18n/locale.js";
import { ToolButton } from "./tool-button.js";

/** The formatting that is seldom needed. */
export function MoreMenu({ editor, disabled }: { editor: Editor; disabled: boolean }) {
  const { messages } = useLocale();
  const words = messages.toolbar;
  const run = () => editor.chain().focus();
  return (
    <Menu position="bottom-start" returnFocus={false}>
      <Menu.Target>
        <ToolButton label={words.more} Icon={IconDots} disabled={disabled} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconStrikethrough size={15} />} onClick={() => run().toggleStrike().run()}>
          {words.strike}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconSuperscript size={15} />}
          onClick={() => run().toggleSuperscript().run()}
        >
          {words.superscript}
        </Menu.Item>
        <Menu.Item leftSection={<IconSubscript size={15} />} onClick={() => run().toggleSubscript().run()}>
          {words.subscript}
        </Menu.Item>
        <Menu.Item leftSection={<IconLineDashed size={15} />} onClick={() => run().setHorizontalRule().run()}>
          {words.rule}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
