import { Menu } from "@mantine/core";
import { IconTable } from "@tabler/icons-react";
import type { Editor } from "@tiptap/core";
import { useLocale } from "../../i18n/locale.js";
import { ToolButton } from "./tool-button.js";
import { useEditorState } from "./use-editor-state.js";

/** Makes a table, or changes the one under the cursor. */
export function TableMenu({ editor, disabled }: { editor: Editor; disabled: boolean }) {
  const { messages } = useLocale();
  const words = messages.toolbar;
  const { inside, canMerge, canSplit } = useEditorState(editor, (one) => {
    const within = one.isActive("table");
    return {
      inside: within,
      canMerge: within && one.can().mergeCells(),
      canSplit: within && one.can().splitCell(),
    };
  });
  const run = () => editor.chain().focus();
  return (
    <Menu position="bottom-start" returnFocus={false}>
      <Menu.Target>
        <ToolButton label={words.table} Icon={IconTable} active={inside} disabled={disabled} />
      </Menu.Target>
      <Menu.Dropdown>
        {inside ? (
          <>
            <Menu.Item onClick={() => run().addRowBefore().run()}>{words.rowAbove}</Menu.Item>
            <Menu.Item onClick={() => run().addRowAfter().run()}>{words.rowBelow}</Menu.Item>
            <Menu.Item onClick={() => run().addColumnBefore().run()}>{words.columnLeft}</Menu.Item>
            <Menu.Item onClick={() => run().addColumnAfter().run()}>{words.columnRight}</Menu.Item>
            <Menu.Item onClick={() => run().toggleHeaderRow().run()}>{words.headerRow}</Menu.Item>
            <Menu.Divider />
            <Menu.Item disabled={!canMerge} onClick={() => run().mergeCells().run()}>
              {words.mergeCells}
            </Menu.Item>
            <Menu.Item disabled={!canSplit} onClick={() => run().splitCell().run()}>
              {words.splitCell}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item onClick={() => run().deleteRow().run()}>{words.deleteRow}</Menu.Item>
            <Menu.Item onClick={() => run().deleteColumn().run()}>{words.deleteColumn}</Menu.Item>
            <Menu.Item color="red" onClick={() => run().deleteTable().run()}>
              {words.deleteTable}
            </Menu.Item>
          </>
        ) : (
          <Menu.Item onClick={() => run().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()}>
            {words.insertTable}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
