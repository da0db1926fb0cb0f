import { filingField, textField } from "@onrecord/filing/extensions";
import type { DocumentKind } from "@onrecord/schema/generated";
import type { Ref } from "react";
import stillText from "../versions/versions.module.css";
import { Pieces } from "./block.js";
import classes from "./history.module.css";
import { WithTips } from "./run-tip.js";
import { type Telling, TellingProvider } from "./telling.js";
import type { Root, TreeNode } from "./tree.js";

const empty: TreeNode = { type: "fragment", entries: [], children: [] };

/** The part of a document that a page shows. */
export function shownRoot(roots: readonly Root[], kind: DocumentKind): TreeNode {
  const name = kind === "FILING" ? filingField : textField;
  return roots.find((root) => root.name === name)?.node ?? empty;
}

interface StillPageProps {
  readonly kind: DocumentKind;
  readonly node: TreeNode;
  readonly telling: Telling;
  readonly label: string;
  readonly page: Ref<HTMLElement>;
}

/** A document as a still page whose runs tell who and when. */
export function StillPage({ kind, node, telling, label, page }: StillPageProps) {
  const className = kind === "FILING" ? "filing still" : stillText.stillText;
  return (
    <TellingProvider value={telling}>
      <WithTips>
        <article ref={page} className={`${className} ${classes.page}`} aria-label={label}>
          <Pieces of={node} />
        </article>
      </WithTips>
    </TellingProvider>
  );
}
