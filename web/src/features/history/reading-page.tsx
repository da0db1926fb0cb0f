import type { CombinedError } from "urql";
import { problemOf } from "../../api/problem.js";
import { ProblemView } from "../../ui/problem-view.js";
import { OpeningPage } from "../editor/opening-page.js";

/** In place of a page that is being read, or that could not be. */
export function ReadingPage({ error, onRetry }: { error: CombinedError | undefined; onRetry: () => void }) {
  if (error) return <ProblemView problem={problemOf(error)} onRetry={onRetry} />;
  return (
    <div className="paper">
      <OpeningPage />
    </div>
  );
}
