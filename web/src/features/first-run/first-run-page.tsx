import { Loader } from "@mantine/core";
import { SetupOpenDocument } from "@onrecord/schema/generated";
import { IconCircleCheck } from "@tabler/icons-react";
import { useCallback, useEffect, useState } from "react";
import { useLocation } from "react-router";
import { askAsNobody } from "../../api/ask-as-nobody.js";
import type { Problem } from "../../api/problem.js";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { Door } from "../../ui/door.js";
import { ProblemView } from "../../ui/problem-view.js";
import { useTitle } from "../../ui/use-title.js";
import { ClosedDoor } from "./closed-door.js";
import { FirstAdministratorForm } from "./first-administrator-form.js";
import classes from "./first-run.module.css";
import { secretIn } from "./secret.js";
import { TokenForm } from "./token-form.js";

type State = { kind: "loading" } | { kind: "open" } | { kind: "closed" } | Problem;

/** Makes the first administrator, for whoever has what the server's log shows. Once there is one, there is nothing here. */
export function FirstRunPage() {
  const { messages } = useLocale();
  const words = usePeopleWords().firstRun;
  const { hash } = useLocation();
  const [state, setState] = useState<State>({ kind: "loading" });
  const [token, setToken] = useState<string | null>(null);
  const [refused, setRefused] = useState(false);
  useTitle(words.title);

  const look = useCallback(async () => {
    setState({ kind: "loading" });
    const answer = await askAsNobody(SetupOpenDocument, {});
    if ("problem" in answer) return setState(answer.problem);
    setState({ kind: answer.data.setupOpen ? "open" : "closed" });
  }, []);
  useEffect(() => void look(), [look]);
  useEffect(() => {
    const found = secretIn(hash);
    setToken(found);
    setRefused(hash.length > 1 && found === null);
  }, [hash]);

  switch (state.kind) {
    case "loading":
      return (
        <Door title={words.title}>
          <Loader size="sm" mt={16} aria-label={messages.common.loading} />
        </Door>
      );
    case "closed":
      return (
        <Door title={words.title}>
          <ClosedDoor good icon={<IconCircleCheck size={22} />} title={words.gone} text={words.goneText} />
        </Door>
      );
    case "open":
      if (token === null)
        return (
          <Door title={words.title} lead={words.lead}>
            <TokenForm
              refused={refused}
              onToken={(given) => {
                setRefused(false);
                setToken(given);
              }}
            />
          </Door>
        );
      return (
        <Door title={words.title} lead={words.lead}>
          <div className={classes.form}>
            <FirstAdministratorForm
              token={token}
              onClosed={() => setState({ kind: "closed" })}
              onRefused={() => {
                setToken(null);
                setRefused(true);
              }}
            />
          </div>
        </Door>
      );
    default:
      return (
        <Door title={words.title}>
          <ProblemView problem={state} onRetry={() => void look()} />
        </Door>
      );
  }
}
