import { Alert, Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import classes from "./first-run.module.css";
import { secretIn } from "./secret.js";

/** Says where the setup token is, and takes it; `refused`: the one that was brought is none, or none any more. */
export function TokenForm({ refused, onToken }: { refused: boolean; onToken: (token: string) => void }) {
  const words = usePeopleWords().firstRun;
  const [given, setGiven] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const token = secretIn(given);
    if (token === null) setFault(words.notToken);
    else onToken(token);
  };
  return (
    <>
      {refused ? (
        <Alert color="red" variant="light" p="xs" mb={14} title={words.refused} role="alert">
          {words.refusedText}
        </Alert>
      ) : (
        <div className={classes.where}>
          <p>
            <strong>{words.where}.</strong> {words.whereText}
          </p>
          <code className={`${classes.log} mono`}>
            … "page":"{window.location.origin}/first-run#<b>…</b>" … "msg":"{words.whereLog}…"
          </code>
        </div>
      )}
      <form className={classes.form} onSubmit={submit} noValidate>
        <TextInput
          label={words.token}
          description={words.tokenHint}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          value={given}
          error={fault}
          onChange={(event) => {
            setGiven(event.currentTarget.value);
            setFault(null);
          }}
        />
        <Button type="submit" size="sm" fullWidth>
          {words.goOn}
        </Button>
      </form>
      <div className={classes.command}>
        {words.command}
        <code className="mono">npx onrecord admin create ann@example.com</code>
      </div>
    </>
  );
}
