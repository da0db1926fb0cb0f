import { Toolbar as Bar } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBlockquote,
  IconBold,
  IconItalic,
  IconList,
  IconListNumbers,
  IconUnderline,
} from "@tabler/icons-react";
import type { Editor } from "@tiptap/core";
import { useLocale } from "../../i18n/locale.js";
import { AlignMenu } from "./align-menu.js";
import { LinkButton } from "./link-button.js";
import { MoreMenu } from "./more-menu.js";
import { StyleMenu } from "./style-menu.js";
import { TableMenu } from "./table-menu.js";
import { ToolButton } from "./tool-button.js";
import { useEditorState } from "./use-editor-state.js";

/** Formatting: one row of tools, moved through with the arrow keys. */
export function Toolbar({ editor, disabled }: { editor: Editor; disabled: boolean }) {
  const { messages } = useLocale();
  const words = messages.toolbar;
  const on = useEditorState(editor, (one) => ({
    bold: one.isActive("bold"),
    italic: one.isActive("italic"),
    underline: one.isActive("underline"),
    bulletList: one.isActive("bulletList"),
    orderedList: one.isActive("orderedList"),
    blockquote: one.isActive("blockquote"),
    canUndo: one.can().undo(),
    canRedo: one.can().redo(),
  }));
  const run = () => editor.chain().focus(undefined, { scrollIntoView: false });
  return (
    <Bar withBorder={false} size="sm" aria-label={words.label} className="toolbar">
      <Bar.Group>
        <ToolButton
          label={words.undo}
          Icon={IconArrowBackUp}
          disabled={!on.canUndo || disabled}
          onClick={() => editor.commands.undo()}
        />
        <ToolButton
          label={words.redo}
          Icon={IconArrowForwardUp}
          disabled={!on.canRedo || disabled}
          onClick={() => editor.commands.redo()}
        />
      </Bar.Group>
      <Bar.Divider />
      <StyleMenu editor={editor} disabled={disabled} />
      <Bar.Divider />
      <Bar.Group>
        <ToolButton
          label={words.bold}
          keys="Mod+B"
          Icon={IconBold}
          active={on.bold}
          disabled={disabled}
          onClick={() => run().toggleBold().run()}
        />
        <ToolButton
          label={words.italic}
          keys="Mod+I"
          Icon={IconItalic}
          active={on.italic}
          disabled={disabled}
          onClick={() => run().toggleItalic().run()}
        />
        <ToolButton
          label={words.underline}
          keys="Mod+U"
          Icon={IconUnderline}
          active={on.underline}
          disabled={disabled}
          onClick={() => run().toggleUnderline().run()}
        />
        <MoreMenu editor={editor} disabled={disabled} />
      </Bar.Group>
      <Bar.Divider />
      <Bar.Group>
        <ToolButton
          label={words.bulletList}
          Icon={IconList}
          active={on.bulletList}
          disabled={disabled}
          onClick={() => run().toggleBulletList().run()}
        />
        <ToolButton
          label={words.orderedList}
          Icon={IconListNumbers}
          active={on.orderedList}
          disabled={disabled}
          onClick={() => run().toggleOrderedList().run()}
        />
        <ToolButton
          label={words.quote}
          Icon={IconBlockquote}
          active={on.blockquote}
          disabled={disabled}
          onClick={() => run().toggleBlockquote().run()}
        />
        <AlignMenu editor={editor} disabled={disabled} />
      </Bar.Group>
      <Bar.Divider />
      <Bar.Group>
        <LinkButton editor={editor} disabled={disabled} />
        <TableMenu editor={editor} disabled={disabled} />
      </Bar.Group>
    </Bar>
  );
}
