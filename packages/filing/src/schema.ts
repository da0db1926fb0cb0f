import { getSchema } from "@tiptap/core";
import { filingExtensions } from "./extensions.js";

/** The ProseMirror schema of a filing. */
export const filingSchema = getSchema(filingExtensions);
