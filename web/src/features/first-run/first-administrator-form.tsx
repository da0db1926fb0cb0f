import { Alert, Button, TextInput } from "@mantine/core";
import { CreateFirstAdministratorDocument } from "@onrecord/schema/generated";
import { type FormEvent, useState } from "react";
import { askAsNobody } from "../../api/ask-as-nobody.js";
import { faultTold } from "../../api/people-fault.js";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { enter } from "./enter.js";
import classes from "./first-run.module.css";
import { faultsInTyped, NewPassword } from "./new-password.js";

interface FirstAdministratorFormProps {
  readonly token: string;
  /** Somebody was first. */
  readonly onClosed: () => void;
  /** The token is none, or none any more. */
  readonly onRefused: () => void;
}

const noFaults = {
  email: null as string | null,
  name: null as string | null,
  password: null as string | null,
  again: null as string | null,
  whole: null as string | null,
};

/** Who the first administrator is. */
export function FirstAdministratorForm({ token, onClosed, onRefused }: FirstAdministratorFormProps) {
  const { messages } = useLocale();
  const words = usePeopleWords();
  const [given, setGiven] = useState({ email: "", name: "", password: "", again: "" });
  const [faults, setFaults] = useState(noFaults);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found = {
      email: given.email.trim() === "" ? messages.signIn.needEmail : null,
      name: given.name.trim() === "" ? words.faults["name-empty"] : null,
      ...faultsInTyped(given, words.door),
      whole: null,
    };
    setFaults(found);
    if (Object.values(found).some((fault) => fault !== null)) return;
    setBusy(true);
    const { email, name, password } = given;
    const answer = await askAsNobody(CreateFirstAdministratorDocument, {
      input: { token, email, name, password },
    });
    if ("data" in answer) return enter(answer.data.createFirstAdministrator.email, password, "/people");
    setBusy(false);
    if (answer.reason === "setup-closed") return onClosed();
    if (answer.reason === "setup-token") return onRefused();
    const { field, sentence } = faultTold(answer.problem, answer.reason, words, messages.errors);
    setFaults({ ...noFaults, [field === "email" || field === "name" ? field : "whole"]: sentence });
  };

  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
      {faults.whole === null ? null : (
        <Alert color="red" variant="light" p="xs" title={faults.whole} role="alert" />
      )}
      <TextInput
        label={words.firstRun.email}
        type="email"
        autoComplete="username"
        autoFocus
        value={given.email}
        error={faults.email}
        onChange={({ currentTarget: { value } }) => setGiven({ ...given, email: value })}
      />
      <TextInput
        label={words.firstRun.name}
        autoComplete="name"
        value={given.name}
        error={faults.name}
        onChange={({ currentTarget: { value } }) => setGiven({ ...given, name: value })}
      />
      <NewPassword
        typed={given}
        faults={faults}
        onChange={({ password, again }) => setGiven({ ...given, password, again })}
      />
      <Button type="submit" size="sm" loading={busy} fullWidth mt={4}>
        {words.firstRun.submit}
      </Button>
    </form>
  );
}
