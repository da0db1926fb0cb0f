import { foreignExtensions } from "@onrecord/filing/binding/foreign";
import { filingExtensions } from "@onrecord/filing/extensions";
import type { AnyExtension, Command, CommandProps, Extensions, RawCommands } from "@tiptap/core";
import { repairTable } from "./repair-table.js";

/**
 * The filing's extensions as the page shows them: a table wider than the paper scrolls in a frame of its own, and what another editor
 * has put in and this page does not know is shown and kept.
 */
export const pageExtensions: Extensions = [...filingExtensions.map(onPage), ...foreignExtensions];

function onPage(extension: AnyExtension): AnyExtension {
  if (extension.name !== "table" || extension.type !== "node") return extension;
  return extension.extend({
    // Without the stock node view, which would set column widths in pixels.
    addNodeView: () => null,
    renderHTML: ({ HTMLAttributes }: { HTMLAttributes: Record<string, unknown> }) => [
      "div",
      { class: "table-frame" },
      ["table", HTMLAttributes, ["tbody", 0]],
    ],
    addCommands(this: { parent?: (() => CommandMakers) | null }) {
      return repairingFirst(this.parent?.() ?? {});
    },
  });
}

type CommandMakers = Partial<RawCommands>;

/** Commands that count on a regular table: they make it so, in their own transaction. */
function repairingFirst(commands: CommandMakers): CommandMakers {
  const reshaping = /^(add|delete)(Row|Column)|^(mergeCells|splitCell|mergeOrSplit)$|^toggleHeader/;
  const wrapped = Object.entries(commands).map(([name, make]) => {
    if (!reshaping.test(name)) return [name, make];
    const repairing = (...args: never[]) => {
      const command: Command = Reflect.apply(make, null, args);
      return (props: CommandProps) => {
        if (props.dispatch && !repairTable(props.tr, props.state)) return false;
        return command(props);
      };
    };
    return [name, repairing];
  });
  return Object.fromEntries(wrapped);
}
