import { Alert, Button, Text } from "@mantine/core";
import { SetPasswordDocument } from "@onrecord/schema/generated";
import { IconHourglassEmpty, IconLinkOff, IconUserOff } from "@tabler/icons-react";
import { type FormEvent, useEffect, useState } from "react";
import { useLocation } from "react-router";
import { askAsNobody } from "../../api/ask-as-nobody.js";
import { faultTold } from "../../api/people-fault.js";
import { useLocale } from "../../i18n/locale.js";
import type { PeopleWords } from "../../i18n/people/en.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { useSession } from "../../session/session.js";
import { Door } from "../../ui/door.js";
import { useTitle } from "../../ui/use-title.js";
import { ClosedDoor } from "./closed-door.js";
import { enter } from "./enter.js";
import classes from "./first-run.module.css";
import { faultsInTyped, NewPassword, noTypedFaults, type TypedFaults } from "./new-password.js";
import { secretIn } from "./secret.js";

/** Why a link sets no password. */
type Closed = keyof PeopleWords["setPassword"]["states"];

const closedBy: Readonly<Record<string, Closed>> = {
  "link-unknown": "unknown",
  "link-used": "used",
  "link-revoked": "revoked",
  "link-expired": "expired",
  "link-inactive": "inactive",
};

/** Where somebody sets their password who was given a link, once. */
export function SetPasswordPage() {
  const words = usePeopleWords().setPassword;
  const { hash } = useLocation();
  const token = secretIn(hash);
  const [closed, setClosed] = useState<Closed | null>(null);
  useTitle(words.title);
  // Another link opened in the same tab is another attempt: only what stands behind # changes then.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `hash` is what makes it another attempt.
  useEffect(() => setClosed(null), [hash]);
  if (token === null)
    return (
      <Door title={words.title}>
        <ClosedDoor icon={<IconLinkOff size={21} />} title={words.none} text={words.noneText} />
      </Door>
    );
  if (closed !== null)
    return (
      <Door title={words.title}>
        <ClosedDoor
          icon={icon(closed)}
          title={words.states[closed].title}
          text={words.states[closed].text}
          signIn={closed !== "inactive"}
        />
      </Door>
    );
  return (
    <Door title={words.title} lead={words.lead}>
      <SetPasswordForm key={token} token={token} onClosed={setClosed} />
    </Door>
  );
}

function SetPasswordForm({ token, onClosed }: { token: string; onClosed: (why: Closed) => void }) {
  const { messages } = useLocale();
  const words = usePeopleWords();
  const { state } = useSession();
  const [typed, setTyped] = useState({ password: "", again: "" });
  const [faults, setFaults] = useState<TypedFaults>(noTypedFaults);
  const [whole, setWhole] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found = faultsInTyped(typed, words.door);
    setFaults(found);
    setWhole(null);
    if (found.password !== null || found.again !== null) return;
    setBusy(true);
    const { password } = typed;
    const answer = await askAsNobody(SetPasswordDocument, { input: { token, password } });
    if ("data" in answer) return enter(answer.data.setPassword.email, password, "/");
    setBusy(false);
    const closed = closedBy[answer.reason ?? ""];
    if (closed) return onClosed(closed);
    setWhole(faultTold(answer.problem, answer.reason, words, messages.errors).sentence);
  };

  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
      {state.kind === "signed-in" ? (
        <Text size="sm" className={classes.whose}>
          {words.setPassword.other(state.me.user.name)}
        </Text>
      ) : null}
      {whole === null ? null : <Alert color="red" variant="light" p="xs" title={whole} role="alert" />}
      <NewPassword typed={typed} faults={faults} onChange={setTyped} autoFocus />
      <Button type="submit" size="sm" loading={busy} fullWidth mt={4}>
        {words.setPassword.submit}
      </Button>
    </form>
  );
}

function icon(closed: Closed) {
  switch (closed) {
    case "expired":
      return <IconHourglassEmpty size={21} />;
    case "inactive":
      return <IconUserOff size={21} />;
    case "unknown":
    case "used":
    case "revoked":
      return <IconLinkOff size={21} />;
  }
}
