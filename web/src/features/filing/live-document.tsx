import { Button } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import type { OpenDocument } from "../../api/open-document.js";
import type { CollabSession } from "../../collab/collab-session.js";
import { useCollab, useOf, useUnsent } from "../../collab/use-collab.js";
import { useLocale } from "../../i18n/locale.js";
import { Blank } from "../../ui/blank.js";
import { OpeningPage } from "../editor/opening-page.js";
import { PastView } from "../history/past-view.js";
import { lookIn, versionOf } from "../versions/look.js";
import { FollowVersions, useVersions } from "../versions/use-versions.js";
import { DocumentBar } from "./document-bar.js";
import { DocumentFrame, DocumentFrameLoading } from "./document-frame.js";
import { EndingBanner } from "./ending-banner.js";
import { LeaveQuestion } from "./leave-question.js";
import { SidePanel } from "./side-panel.js";

// The editors are the largest part of the app: each is loaded only by whoever opens such a document.
const FilingEditor = lazy(async () => ({
  default: (await import("../editor/filing-editor.js")).FilingEditor,
}));
const TextEditor = lazy(async () => ({ default: (await import("../editor/text-editor.js")).TextEditor }));

/** A document that is connected, with everything around it. */
export function LiveDocument({ document }: { document: OpenDocument }) {
  const { session, restart } = useCollab(document.id);
  if (session === null) return <DocumentFrameLoading />;
  return <Connected document={document} session={session} restart={restart} />;
}

interface ConnectedProps {
  readonly document: OpenDocument;
  readonly session: CollabSession;
  readonly restart: () => void;
}

function Connected({ document, session, restart }: ConnectedProps) {
  const [search] = useSearchParams();
  const [toolbar, setToolbar] = useState<HTMLElement | null>(null);
  const versions = useVersions(document.id, session);
  const barred = useOf(session, ({ saved: { link } }) => link === "removed" || link === "gone");
  useUnsent(session);

  const look = useMemo(() => lookIn(search), [search]);
  const live = look.kind === "live";
  const Editor = document.kind === "FILING" ? FilingEditor : TextEditor;
  return (
    <DocumentFrame
      bar={<DocumentBar document={document} session={session} versions={versions} />}
      toolbar={<div ref={setToolbar} hidden={!live || barred} />}
      banner={<EndingBanner session={session} onReload={restart} />}
      panel={barred ? null : <SidePanel document={document} versions={versions} shown={versionOf(look)} />}
    >
      {/* Kept while a version is read, so that coming back finds the same place and the same cursor. */}
      <div hidden={!live || barred}>
        <Suspense
          fallback={
            <div className="paper">
              <OpeningPage />
            </div>
          }
        >
          <Editor session={session} title={document.title} toolbar={toolbar} />
        </Suspense>
      </div>
      {!live && !barred ? (
        <PastView document={document} look={look} versions={versions} session={session} />
      ) : null}
      {barred ? <Barred /> : null}
      <FollowVersions versions={versions} documentId={document.id} />
      <LeaveQuestion session={session} />
    </DocumentFrame>
  );
}

function Barred() {
  const { messages } = useLocale();
  return (
    <Blank icon={<IconLock size={26} />} title={messages.errors.notFound} hint={messages.errors.notFoundHint}>
      <Button component={Link} to="/" variant="default">
        {messages.errors.home}
      </Button>
    </Blank>
  );
}
