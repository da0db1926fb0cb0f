import { Button } from "@mantine/core";
import { DocumentContentDocument } from "@onrecord/schema/generated";
import { IconArrowLeft, IconBookmark, IconRestore } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import { problemOf } from "../api/problem.js";
import { useReading } from "../api/use-reading.js";
import type { CollabSession } from "../collab/collab-session.js";
import { mayWriteNow, useOf } from "../collab/use-collab.js";
import { OpeningPage } from "../editor/opening-page.js";
import type { OpenDocument } from "../filing/live-document.js";
import { useLocale } from "../i18n/locale.js";
import { Moment } from "../parts/moment.js";
import { ProblemView } from "../parts/problem-view.js";
import { authorName } from "./author-name.js";
import { NameModal } from "./name-modal.js";
import { RestoreModal } from "./restore-modal.js";
import type { Versions } from "./use-versions.js";
import classes from "./versions.module.css";

const StillFiling = lazy(async () => ({ default: (await import("../editor/still-filing.js")).StillFiling }));

interface VersionViewProps {
  readonly document: OpenDocument;
  readonly number: number;
  readonly versions: Versions;
  readonly session: CollabSession;
}

/** The document as it was at one version, read-only. */
export function VersionView({ document, number, versions, session }: VersionViewProps) {
  const { messages, format } = useLocale();
  const words = messages.versions;
  const filing = document.kind === "FILING";
  const mayEdit = useOf(session, mayWriteNow);
  const [doing, setDoing] = useState<"naming" | "restoring" | null>(null);
  const [{ data, error }, reload] = useReading({
    query: DocumentContentDocument,
    variables: { id: document.id, version: number, format: filing ? "HTML" : "TEXT" },
    // A version never changes: what was read once is read for ever.
    requestPolicy: "cache-first",
  });
  const known = versions.window.versions.find((version) => version.number === number);
  const content = data?.document?.content;
  return (
    <>
      <div className={classes.viewing}>
        <Button component={Link} to="?" replace variant="subtle" leftSection={<IconArrowLeft size={15} />}>
          {words.back}
        </Button>
        <span className={classes.viewingText}>
          <span>
            <strong>{known?.name ?? words.version(format.number(number))}</strong>
            {known?.name ? ` · ${words.version(format.number(number))}` : null} · {words.viewingHint}
          </span>
          {known ? (
            <span>
              {authorName(known, messages)} · <Moment at={known.at} />
            </span>
          ) : null}
        </span>
        {mayEdit ? (
          <span className={classes.viewingActions}>
            {known ? (
              <Button
                variant="default"
                leftSection={<IconBookmark size={15} />}
                onClick={() => setDoing("naming")}
              >
                {known.name === null ? words.nameIt : words.rename}
              </Button>
            ) : null}
            <Button
              leftSection={<IconRestore size={15} />}
              disabled={number === versions.window.versions[0]?.number}
              onClick={() => setDoing("restoring")}
            >
              {words.restore}
            </Button>
          </span>
        ) : null}
      </div>
      {error ? (
        <ProblemView problem={problemOf(error)} onRetry={reload} />
      ) : (
        <div className="paper">
          {content === undefined ? (
            <OpeningPage />
          ) : filing ? (
            <Suspense fallback={<OpeningPage />}>
              <StillFiling html={content} label={words.viewing(format.number(number))} />
            </Suspense>
          ) : (
            <div className={classes.stillText}>{content}</div>
          )}
        </div>
      )}
      {doing === "naming" && known ? (
        <NameModal version={known} onNamed={versions.put} onClose={() => setDoing(null)} />
      ) : null}
      {doing === "restoring" ? (
        <RestoreModal documentId={document.id} number={number} onClose={() => setDoing(null)} />
      ) : null}
    </>
  );
}
