import { Button, Menu } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import type { Editor } from "@tiptap/core";
import { useLocale } from "../../i18n/locale.js";
import { useEditorState } from "./use-editor-state.js";

const levels = [1, 2, 3, 4] as const;

/** Body text or a heading. */
export function StyleMenu({ editor, disabled }: { editor: Editor; disabled: boolean }) {
  const { messages } = useLocale();
  const words = messages.toolbar;
  const { level } = useEditorState(editor, (one) => ({
    level: levels.find((each) => one.isActive("heading", { level: each })) ?? 0,
  }));
  const current = level === 0 ? words.paragraph : words.heading(level);
  return (
    <Menu position="bottom-start" returnFocus={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          w={112}
          justify="space-between"
          px={8}
          disabled={disabled}
          data-toolbar-toggle
          aria-label={`${words.style}: ${current}`}
          rightSection={<IconChevronDown size={13} />}
          onMouseDown={(event) => event.preventDefault()}
        >
          {current}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          rightSection={level === 0 ? <IconCheck size={14} /> : null}
          onClick={() => editor.chain().focus().setParagraph().run()}
        >
          {words.paragraph}
        </Menu.Item>
        {levels.map((each) => (
          <Menu.Item
            key={each}
            fw={600}
            fz={18 - each * 1.2}
            rightSection={level === each ? <IconCheck size={14} /> : null}
            onClick={() => editor.chain().focus().setHeading({ level: each }).run()}
          >
            {words.heading(each)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
