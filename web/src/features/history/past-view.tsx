import { lazy, Suspense, useCallback } from "react";
import { useNavigate } from "react-router";
import type { OpenDocument } from "../../api/open-document.js";
import type { CollabSession } from "../../collab/collab-session.js";
import { mayWriteNow, useOf } from "../../collab/use-collab.js";
import { addressOf, type Look } from "../versions/look.js";
import { useHead } from "../versions/use-versions.js";
import type { Versions } from "../versions/versions.js";
import { PastBar } from "./past-bar.js";
import { ReadingPage } from "./reading-page.js";
import { TextView } from "./text-view.js";
import { useKnownVersions } from "./use-known-versions.js";

const ChangesView = lazy(async () => ({ default: (await import("./changes-view.js")).ChangesView }));
const AuthorsView = lazy(async () => ({ default: (await import("./authors-view.js")).AuthorsView }));

interface PastViewProps {
  readonly document: OpenDocument;
  readonly look: Exclude<Look, { kind: "live" }>;
  readonly versions: Versions;
  readonly session: CollabSession;
}

/** The past of a document, read-only: a version, who wrote it, or what changed between two. */
export function PastView({ document, look, versions, session }: PastViewProps) {
  const navigate = useNavigate();
  const mayEdit = useOf(session, mayWriteNow);
  const version = look.kind === "changes" ? look.to : look.version;
  const known = useKnownVersions(document.id, version, versions);
  // Until the list has been read, what the address names may be the newest.
  const head = Math.max(useHead(versions, 0), document.version, version);
  const onLook = useCallback(
    (next: Look) => void navigate(addressOf(next), { replace: true, preventScrollReset: true }),
    [navigate],
  );
  return (
    <>
      <PastBar {...{ document, look, head, known, versions, mayEdit }} onLook={onLook} />
      <Suspense fallback={<ReadingPage error={undefined} onRetry={() => undefined} />}>
        {look.kind === "text" ? <TextView document={document} version={look.version} /> : null}
        {look.kind === "authors" ? <AuthorsView document={document} version={look.version} /> : null}
        {look.kind === "changes" ? <ChangesView document={document} from={look.from} to={look.to} /> : null}
      </Suspense>
    </>
  );
}
