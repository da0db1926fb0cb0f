import { DocumentPageDocument } from "@onrecord/schema/generated";
import { useParams } from "react-router";
import { problemOf } from "../../api/problem.js";
import { useReading } from "../../api/use-reading.js";
import { NotFoundPage } from "../../ui/not-found.js";
import { ProblemView } from "../../ui/problem-view.js";
import { useTitle } from "../../ui/use-title.js";
import { useTellWhere } from "../../ui/where.js";
import { folderSteps } from "../home/folder-steps.js";
import { DocumentFrameLoading } from "./document-frame.js";
import { LiveDocument } from "./live-document.js";

/** One document: found first, then opened live. */
export function DocumentPage() {
  const { id = "" } = useParams();
  const [{ data, error, fetching }, reload] = useReading({ query: DocumentPageDocument, variables: { id } });
  const document = data?.document;
  useTitle(document?.title ?? null);
  useTellWhere(folderSteps(document?.folder));

  if (document) return <LiveDocument key={document.id} document={document} />;
  if (fetching) return <DocumentFrameLoading />;
  if (!error) return <NotFoundPage />;
  const problem = problemOf(error);
  if (problem.kind === "not-found") return <NotFoundPage />;
  return <ProblemView problem={problem} onRetry={reload} />;
}
