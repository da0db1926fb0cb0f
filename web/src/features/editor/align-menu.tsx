import { Menu } from "@mantine/core";
import { IconAlignCenter, IconAlignJustified, IconAlignLeft, IconAlignRight } from "@tabler/icons-react";
import type { Editor } from "@tiptap/core";
import { useLocale } from "../../i18n/locale.js";
import { ToolButton } from "./tool-button.js";
import { useEditorState } from "./use-editor-state.js";

const icons = {
  left: IconAlignLeft,
  center: IconAlignCenter,
  right: IconAlignRight,
  justify: IconAlignJustified,
};
const sides = ["left", "center", "right", "justify"] as const;

/** Which edge the paragraph keeps to. */
export function AlignMenu({ editor, disabled }: { editor: Editor; disabled: boolean }) {
  const { messages } = useLocale();
  const words = messages.toolbar;
  const names = {
    left: words.alignLeft,
    center: words.alignCenter,
    right: words.alignRight,
    justify: words.alignJustify,
  };
  const { side } = useEditorState(editor, (one) => ({
    side: sides.find((each) => one.isActive({ textAlign: each })) ?? ("left" as const),
  }));
  return (
    <Menu position="bottom-start" returnFocus={false}>
      <Menu.Target>
        <ToolButton label={`${words.align}: ${names[side]}`} Icon={icons[side]} disabled={disabled} />
      </Menu.Target>
      <Menu.Dropdown>
        {sides.map((each) => {
          const Icon = icons[each];
          return (
            <Menu.Item
              key={each}
              leftSection={<Icon size={15} />}
              onClick={() =>
                each === "left"
                  ? editor.chain().focus().unsetTextAlign().run()
                  : editor.chain().focus().setTextAlign(each).run()
              }
            >
              {names[each]}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
