import { CompareVersionsDocument } from "@onrecord/schema/generated";
import { useMemo, useRef, useState } from "react";
import type { OpenDocument } from "../../api/open-document.js";
import { useReading } from "../../api/use-reading.js";
import { useLocale } from "../../i18n/locale.js";
import { ChangeSteps } from "./change-steps.js";
import classes from "./history.module.css";
import { Legend } from "./legend.js";
import { ReadingPage } from "./reading-page.js";
import { StillPage, shownRoot } from "./still-page.js";
import { tallyOf } from "./tally.js";
import { hasLost } from "./tree.js";
import { useOnly } from "./use-only.js";
import { writersOf } from "./writer.js";

interface ChangesViewProps {
  readonly document: OpenDocument;
  readonly from: number;
  readonly to: number;
}

/** What changed between two versions: one text with what came and what went, in the colours of who did it. */
export function ChangesView({ document, from, to }: ChangesViewProps) {
  const { messages, format } = useLocale();
  const words = messages.past;
  const page = useRef<HTMLElement>(null);
  const [only, setOnly] = useState<string | null>(null);
  const [{ data, error, fetching }, reload] = useReading({
    query: CompareVersionsDocument,
    variables: { id: document.id, from, to },
    // Two versions never change: what was compared once is compared for ever.
    requestPolicy: "cache-first",
  });
  const diff = data?.document?.diff;
  const told = useMemo(() => {
    if (diff === undefined) return null;
    const node = shownRoot(diff.roots, document.kind);
    return { node, writers: writersOf(diff.origins, messages), tallies: tallyOf(node), lost: hasLost(node) };
  }, [diff, document.kind, messages]);
  useOnly(page, only);

  if (told === null || diff === undefined) return <ReadingPage error={error} onRetry={reload} />;
  const changed = told.tallies.filter(({ inserted, deleted }) => inserted + deleted > 0);
  const entries = changed.flatMap(({ by, inserted, deleted }) => {
    const writer = told.writers[by];
    const note = (
      <>
        <span className={classes.plus}>+{format.number(inserted)}</span>{" "}
        <span className={classes.minus}>−{format.number(deleted)}</span>
      </>
    );
    return writer ? [{ writer, note }] : [];
  });
  return (
    <>
      <div className={classes.told}>
        <Legend entries={entries} only={only} onOnly={setOnly} />
        {told.lost ? <span className={classes.lostNote}>{words.lostLegend}</span> : null}
        <ChangeSteps page={page} of={told} />
      </div>
      <div className="paper" aria-busy={fetching}>
        <StillPage
          key={`${diff.from} ${diff.to}`}
          kind={document.kind}
          node={told.node}
          telling={{ mode: "changes", writers: told.writers }}
          label={words.title(format.number(diff.from), format.number(diff.to))}
          page={page}
        />
      </div>
    </>
  );
}
