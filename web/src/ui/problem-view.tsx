import { Button } from "@mantine/core";
import {
  IconCloudOff,
  IconFileUnknown,
  IconHourglass,
  IconLock,
  IconMoodConfuzed,
} from "@tabler/icons-react";
import type { Problem } from "../api/problem.js";
import type { Messages } from "../i18n/en.js";
import { useLocale } from "../i18n/locale.js";
import { Blank } from "./blank.js";
import classes from "./ui.module.css";

/** A failed page or panel: what happened, why, and the one thing to do. */
export function ProblemView({ problem, onRetry }: { problem: Problem; onRetry?: (() => void) | undefined }) {
  const { messages } = useLocale();
  const { title, hint } = words(problem, messages);
  const requestId = "requestId" in problem ? problem.requestId : null;
  return (
    <div role="alert">
      <Blank icon={icon(problem)} title={title} hint={hint}>
        {problem.kind === "forbidden" && problem.reasons.length > 0 ? (
          <ul className={classes.reasons}>
            {problem.reasons.map(({ id, text }) => (
              <li key={id}>{text}</li>
            ))}
          </ul>
        ) : null}
        {onRetry ? (
          <Button variant="default" onClick={onRetry}>
            {messages.common.retry}
          </Button>
        ) : null}
        {requestId ? (
          <p className={`${classes.request} mono`}>{messages.common.requestId(requestId)}</p>
        ) : null}
      </Blank>
    </div>
  );
}

function words(problem: Problem, { errors }: Messages): { title: string; hint?: string } {
  switch (problem.kind) {
    case "unauthenticated":
      return { title: errors.signedOut };
    case "unreachable":
      return { title: errors.unreachable, hint: errors.unreachableHint };
    case "forbidden":
      return { title: errors.forbidden };
    case "not-found":
      return { title: errors.notFound, hint: errors.notFoundHint };
    case "bad-input":
      return { title: problem.message };
    case "rate-limited":
      return { title: errors.rateLimited };
    case "unexpected":
      return { title: errors.unexpected, hint: errors.tellAdministrator };
  }
}

function icon({ kind }: Problem) {
  const size = 26;
  switch (kind) {
    case "unreachable":
      return <IconCloudOff size={size} />;
    case "unauthenticated":
    case "forbidden":
      return <IconLock size={size} />;
    case "not-found":
      return <IconFileUnknown size={size} />;
    case "rate-limited":
      return <IconHourglass size={size} />;
    case "bad-input":
    case "unexpected":
      return <IconMoodConfuzed size={size} />;
  }
}
