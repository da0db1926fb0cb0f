import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { EndOtherSessionsDocument, EndSessionDocument, MySessionsDocument } from "@onrecord/schema/generated";
import { useRef, useState } from "react";
import { useMutation } from "urql";
import { problemOf } from "../../api/problem.js";
import { useReading } from "../../api/use-reading.js";
import { useLocale } from "../../i18n/locale.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { tellProblem } from "../../ui/problem-toast.js";
import { ProblemView } from "../../ui/problem-view.js";
import classes from "./account.module.css";
import { SessionItem } from "./session-item.js";

const PAGE = 50;
/** The API gives no longer pages; whoever has more ends all others at once. */
const LONGEST = 500;

/** Where I am signed in, and the way to end what I do not know. */
export function SessionList() {
  const { messages, format } = useLocale();
  const words = messages.account;
  const [first, setFirst] = useState(PAGE);
  const [{ data, error, fetching }, reload] = useReading({
    query: MySessionsDocument,
    variables: { first },
    requestPolicy: "cache-and-network",
  });
  const [ending, setEnding] = useState<string | null>(null);
  const [, endSession] = useMutation(EndSessionDocument);
  const [{ fetching: endingOthers }, endOthers] = useMutation(EndOtherSessionsDocument);
  const heading = useRef<HTMLHeadingElement>(null);

  const sessions = data?.mySessions.edges.map(({ node }) => node) ?? [];
  const total = data?.mySessions.totalCount ?? sessions.length;
  const done = (message: string) => {
    notifications.show({ message });
    reload();
    // The button that had the focus goes with its row.
    heading.current?.focus();
  };
  const end = async (sessionId: string) => {
    setEnding(sessionId);
    const result = await endSession({ input: { sessionId } });
    setEnding(null);
    if (result.error) return tellProblem(problemOf(result.error), words.notEnded, messages);
    done(words.ended);
  };
  const endAll = async () => {
    const result = await endOthers({});
    if (result.error) return tellProblem(problemOf(result.error), words.notEnded, messages);
    const count = result.data?.endOtherSessions ?? 0;
    done(words.endedOthers(format.number(count), count));
  };

  return (
    <section className={classes.card} aria-labelledby="sessions">
      <div className={classes.cardHead}>
        <div>
          <h2 id="sessions" ref={heading} tabIndex={-1}>
            {words.sessions}
          </h2>
          <p>{words.sessionsHint}</p>
        </div>
        {total > 1 ? (
          <Button variant="default" loading={endingOthers} onClick={() => void endAll()}>
            {words.endOthers}
          </Button>
        ) : null}
      </div>
      {error && !data ? <ProblemView problem={problemOf(error)} onRetry={reload} /> : null}
      {fetching && !data ? <LinesLoading /> : null}
      <ul className={classes.list} aria-label={words.sessions}>
        {sessions.map((session) => (
          <SessionItem
            key={session.id}
            session={session}
            ending={ending === session.id}
            onEnd={() => void end(session.id)}
          />
        ))}
      </ul>
      {data?.mySessions.pageInfo.hasNextPage && first < LONGEST ? (
        <Button variant="subtle" m={10} onClick={() => setFirst(Math.min(first + PAGE, LONGEST))}>
          {words.showAll(format.number(total))}
        </Button>
      ) : null}
    </section>
  );
}
