import { getSchema } from "@tiptap/core";
import { drawingSoundly } from "./draw-soundly.js";
import { filingExtensions } from "./extensions.js";

/** The ProseMirror schema of a filing. */
export const filingSchema = drawingSoundly(getSchema(filingExtensions));
