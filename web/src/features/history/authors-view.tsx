import { WhoWroteWhatDocument } from "@onrecord/schema/generated";
import { useMemo, useRef, useState } from "react";
import type { OpenDocument } from "../../api/open-document.js";
import { useReading } from "../../api/use-reading.js";
import { useLocale } from "../../i18n/locale.js";
import classes from "./history.module.css";
import { Legend } from "./legend.js";
import { ReadingPage } from "./reading-page.js";
import { StillPage, shownRoot } from "./still-page.js";
import { tallyOf } from "./tally.js";
import { useOnly } from "./use-only.js";
import { writersOf } from "./writer.js";

/** Who wrote what in one version, every character in its author's colour. */
export function AuthorsView({ document, version }: { document: OpenDocument; version: number }) {
  const { messages, format } = useLocale();
  const words = messages.past;
  const page = useRef<HTMLElement>(null);
  const [only, setOnly] = useState<string | null>(null);
  const [{ data, error, fetching }, reload] = useReading({
    query: WhoWroteWhatDocument,
    variables: { id: document.id, version },
    requestPolicy: "cache-first",
  });
  const attribution = data?.document?.attribution;
  const told = useMemo(() => {
    if (attribution === undefined) return null;
    const node = shownRoot(attribution.roots, document.kind);
    const tallies = tallyOf(node).filter(({ standing }) => standing > 0);
    return { node, writers: writersOf(attribution.origins, messages), tallies };
  }, [attribution, document.kind, messages]);
  useOnly(page, only);

  if (told === null || attribution === undefined) return <ReadingPage error={error} onRetry={reload} />;
  const total = told.tallies.reduce((sum, { standing }) => sum + standing, 0);
  const entries = told.tallies.flatMap(({ by, standing }) => {
    const writer = told.writers[by];
    return writer ? [{ writer, note: format.share(standing / total) }] : [];
  });
  return (
    <>
      <div className={classes.told}>
        <Legend entries={entries} only={only} onOnly={setOnly} />
        {total === 0 ? <span>{words.nobody}</span> : null}
      </div>
      <div className="paper" aria-busy={fetching}>
        <StillPage
          key={attribution.version}
          kind={document.kind}
          node={told.node}
          telling={{ mode: "authors", writers: told.writers }}
          label={words.authorsOf(format.number(attribution.version))}
          page={page}
        />
      </div>
    </>
  );
}
