import { notifications } from "@mantine/notifications";
import type { Problem } from "../api/problem.js";
import type { Messages } from "../i18n/en.js";

/** Tells of a refused or failed action, with the reasons that the server gave. */
export function tellProblem(
  problem: Problem,
  title: string,
  { errors, common }: Messages,
  hint?: string,
): void {
  if (problem.kind === "unauthenticated") return;
  notifications.show({ color: "red", title, message: <ProblemLines lines={lines()} />, autoClose: 12_000 });

  function lines(): string[] {
    switch (problem.kind) {
      case "forbidden":
        return [...problem.reasons.map(({ text }) => text), ...(hint === undefined ? [] : [hint])];
      case "bad-input":
        return [problem.message];
      case "unexpected":
        return [errors.unexpected, ...(problem.requestId ? [common.requestId(problem.requestId)] : [])];
      case "not-found":
        return [errors.notFoundHint];
      case "rate-limited":
        return [errors.rateLimited];
      default:
        return [errors.unreachable];
    }
  }
}

function ProblemLines({ lines }: { lines: readonly string[] }) {
  return lines.map((line) => <div key={line}>{line}</div>);
}
