import type { Node } from "@tiptap/pm/model";
import type { AbstractType, YEvent } from "yjs";

type SharedType = AbstractType<YEvent<never>>;

/**
 * The pairs of shared types and editor nodes that the binding keeps. The stock binding forgets all of them whenever a
 * colleague types one letter and builds and compares every node of the document anew: in a large prospectus a tenth of a
 * second for each letter of each colleague. It has by then already forgotten the changed types and everything around them, so that the rest
 * may stay: unchanged nodes keep their identity, and only what changed is drawn again.
 */
export class KeptMapping extends Map<SharedType, Node | Node[]> {
  override clear(): void {}
}
