import type { Step } from "../../ui/where.js";

interface Ancestor {
  readonly id: string;
  readonly name: string;
  readonly parent?: Ancestor | null;
}

/** The way down to a folder, from the outermost that I may see. */
export function folderSteps(folder: Ancestor | null | undefined): Step[] {
  if (!folder) return [];
  return [...folderSteps(folder.parent), { label: folder.name, to: `/folders/${folder.id}` }];
}
