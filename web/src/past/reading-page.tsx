import type { CombinedError } from "urql";
import { problemOf } from "../api/problem.js";
import { OpeningPage } from "../editor/opening-page.js";
import { ProblemView } from "../parts/problem-view.js";

/** In place of a page that is being read, or that could not be. */
export function ReadingPage({ error, onRetry }: { error: CombinedError | undefined; onRetry: () => void }) {
  if (error) return <ProblemView problem={problemOf(error)} onRetry={onRetry} />;
  return (
    <div className="paper">
      <OpeningPage />
    </div>
  );
}
