import { Alert, Modal, Text } from "@mantine/core";
import { useState } from "react";
import { useLocale } from "../i18n/locale.js";
import { type Me, useSession } from "./session.js";
import { SignInForm } from "./sign-in-form.js";

/** Asks the same person to sign in again over the page, so that what they wrote is kept and sent. */
export function SignInAgain({ me }: { me: Me }) {
  const { messages } = useLocale();
  const { refresh, later } = useSession();
  const [password, setPassword] = useState("");
  const [email, setEmail] = useState(me.user.email ?? "");
  const [wrongPerson, setWrongPerson] = useState(false);
  const check = async () => {
    const id = await refresh();
    setWrongPerson(id !== null && id !== me.user.id);
    setPassword("");
  };
  return (
    <Modal opened onClose={later} title={messages.signIn.again} closeOnClickOutside={false}>
      <Text size="sm" mb="sm">
        {messages.signIn.againHint}
      </Text>
      {wrongPerson ? (
        <Alert color="red" p="xs" mb="sm" role="alert">
          {messages.signIn.wrongPerson}
        </Alert>
      ) : null}
      <SignInForm
        email={email}
        {...(me.user.email === null ? { onEmail: setEmail } : {})}
        password={password}
        onPassword={setPassword}
        onSignedIn={check}
      />
    </Modal>
  );
}
