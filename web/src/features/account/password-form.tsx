import { Alert, Button, PasswordInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { ChangePasswordDocument } from "@onrecord/schema/generated";
import { type FormEvent, useState } from "react";
import { useMutation } from "urql";
import { useLocale } from "../../i18n/locale.js";
import { useMe } from "../../session/session.js";
import classes from "./account.module.css";
import { type Fault, faultOf, faultsIn, noFaults } from "./password-fault.js";

const empty = { current: "", wanted: "", again: "" };

/** Changes my password; whoever else is signed in as me is out then. */
export function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const { messages, format } = useLocale();
  const words = messages.account;
  const { user } = useMe();
  const [given, setGiven] = useState(empty);
  const [fault, setFault] = useState<Fault>(noFaults);
  const [{ fetching }, change] = useMutation(ChangePasswordDocument);
  const set = (name: keyof typeof empty) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setGiven((before) => ({ ...before, [name]: value }));
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found = faultsIn(given, words);
    setFault(found ?? noFaults);
    if (found !== null) return;
    const { data, error } = await change({ input: { current: given.current, new: given.wanted } });
    if (error) return setFault(faultOf(error, messages));
    setGiven(empty);
    const count = data?.changePassword ?? 0;
    notifications.show({ message: words.passwordChanged(format.number(count), count) });
    onChanged();
  };

  return (
    <section className={classes.card} aria-labelledby="password">
      <div className={classes.cardHead}>
        <div>
          <h2 id="password">{words.password}</h2>
          <p>{words.passwordHint}</p>
        </div>
      </div>
      <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
        {fault.whole === null ? null : (
          <Alert color="red" variant="light" p="xs" title={fault.whole} role="alert" />
        )}
        {/* Tells password managers whose password it is. */}
        <input type="text" autoComplete="username" value={user.email ?? ""} readOnly hidden />
        <PasswordInput
          label={words.current}
          autoComplete="current-password"
          value={given.current}
          error={fault.current}
          onChange={set("current")}
        />
        <PasswordInput
          label={words.wanted}
          description={words.wantedHint}
          autoComplete="new-password"
          value={given.wanted}
          error={fault.wanted}
          onChange={set("wanted")}
        />
        <PasswordInput
          label={words.again}
          autoComplete="new-password"
          value={given.again}
          error={fault.again}
          onChange={set("again")}
        />
        <Button type="submit" loading={fetching} className={classes.submit ?? ""}>
          {words.changePassword}
        </Button>
      </form>
    </section>
  );
}
