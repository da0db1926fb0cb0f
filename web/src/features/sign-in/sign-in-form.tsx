import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { type SignInResult, signIn } from "../../session/auth.js";
import classes from "./sign-in.module.css";

interface SignInFormProps {
  readonly email: string;
  readonly onEmail?: (email: string) => void;
  readonly password: string;
  readonly onPassword: (password: string) => void;
  readonly onSignedIn: () => Promise<void>;
  /** What the button says; "Sign in" unless it matters as whom. */
  readonly label?: string;
}

/** Email and password, and a plain word when they are refused. */
export function SignInForm({ email, onEmail, password, onPassword, onSignedIn, label }: SignInFormProps) {
  const { messages } = useLocale();
  const words = messages.signIn;
  const [result, setResult] = useState<SignInResult | null>(null);
  const [touched, setTouched] = useState(false);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    setResult(null);
    if (email.trim() === "" || password === "") return;
    setBusy(true);
    const became = await signIn(email.trim(), password);
    if (became === "signed-in") await onSignedIn();
    else setResult(became);
    setBusy(false);
  };

  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
      {result === null || result === "signed-in" ? null : <Refusal result={result} />}
      <TextInput
        label={words.email}
        type="email"
        name="email"
        autoComplete="username"
        size="sm"
        value={email}
        readOnly={onEmail === undefined}
        autoFocus={onEmail !== undefined}
        error={touched && email.trim() === "" ? words.needEmail : null}
        onChange={(event) => onEmail?.(event.currentTarget.value)}
      />
      <PasswordInput
        label={words.password}
        name="password"
        autoComplete="current-password"
        size="sm"
        value={password}
        data-autofocus={onEmail === undefined || undefined}
        error={touched && password === "" ? words.needPassword : null}
        onChange={(event) => onPassword(event.currentTarget.value)}
      />
      <Button type="submit" size="sm" loading={busy} fullWidth mt={4}>
        {label ?? words.submit}
      </Button>
    </form>
  );
}

function Refusal({ result }: { result: Exclude<SignInResult, "signed-in"> }) {
  const { messages } = useLocale();
  const { signIn: words, errors } = messages;
  switch (result) {
    case "wrong":
      return (
        <Alert color="red" variant="light" p="xs" title={words.wrong} role="alert">
          {words.wrongHint}
        </Alert>
      );
    case "too-many":
      return <Alert color="yellow" variant="light" p="xs" title={words.tooMany} role="alert" />;
    case "unreachable":
      return <Alert color="red" variant="light" p="xs" title={errors.unreachable} role="alert" />;
  }
}
