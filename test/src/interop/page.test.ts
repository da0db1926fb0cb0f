import "./dom.js";
import { foreignExtensions } from "@onrecord/filing/binding/foreign";
import { SharedFiling } from "@onrecord/filing/binding/shared-filing";
import { filingExtensions } from "@onrecord/filing/extensions";
import { SharedEditing } from "@onrecord/web/editor/shared-editing";
import { Editor, type Extensions } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import CollaborationCaret from "@tiptap/extension-collaboration-caret";
import { describeCoEditing } from "./co-editing.js";
import { inDom, type Mount } from "./in-dom.js";
import { surfaceOf } from "./tiptap-surface.js";

/** An editor of a filing, however it is bound to the shared one. */
const mounted = (element: HTMLElement, binding: Extensions, carets: string): ReturnType<Mount> => {
  const editor = new Editor({ element, extensions: [...filingExtensions, ...foreignExtensions, ...binding] });
  SharedFiling.of(editor.state)?.start(editor.view);
  return surfaceOf(editor, element, carets);
};

const page: Mount = (element, provider, user) => {
  const { doc, awareness } = provider;
  const isOnline = () => provider.wsconnected;
  awareness.setLocalStateField("user", user);
  return mounted(element, [SharedEditing.configure({ doc, awareness, isOnline })], ".caret-name");
};

const stock: Mount = (element, provider, user) =>
  mounted(
    element,
    [Collaboration.configure({ document: provider.doc }), CollaborationCaret.configure({ provider, user })],
    ".collaboration-carets__label",
  );

const facts = { kind: "FILING", formats: true } as const;
describeCoEditing(inDom({ ...facts, name: "the page's", mount: page }));

// Whoever comes next has the other binding.
let count = 0;
const inTurns: Mount = (...seat) => (count++ % 2 === 0 ? page : stock)(...seat);
describeCoEditing(inDom({ ...facts, name: "the page's and TipTap's", mount: inTurns }));
