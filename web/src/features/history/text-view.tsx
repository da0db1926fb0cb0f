import { DocumentContentDocument } from "@onrecord/schema/generated";
import { lazy, Suspense } from "react";
import type { OpenDocument } from "../../api/open-document.js";
import { useReading } from "../../api/use-reading.js";
import { useLocale } from "../../i18n/locale.js";
import { OpeningPage } from "../editor/opening-page.js";
import classes from "../versions/versions.module.css";
import { ReadingPage } from "./reading-page.js";

const StillFiling = lazy(async () => ({ default: (await import("../editor/still-filing.js")).StillFiling }));

/** The document as it was at one version. While another is being read, the one before it stays in sight. */
export function TextView({ document, version }: { document: OpenDocument; version: number }) {
  const { messages, format } = useLocale();
  const filing = document.kind === "FILING";
  const [{ data, error, fetching }, reload] = useReading({
    query: DocumentContentDocument,
    variables: { id: document.id, version, format: filing ? "HTML" : "TEXT" },
    // A version never changes: what was read once is read for ever.
    requestPolicy: "cache-first",
  });
  const content = data?.document?.content;
  if (content === undefined || error) return <ReadingPage error={error} onRetry={reload} />;
  return (
    <div className="paper" aria-busy={fetching}>
      {filing ? (
        <Suspense fallback={<OpeningPage />}>
          <StillFiling html={content} label={messages.versions.viewing(format.number(version))} />
        </Suspense>
      ) : (
        <div className={classes.stillText}>{content}</div>
      )}
    </div>
  );
}
