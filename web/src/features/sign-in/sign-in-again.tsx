import { Divider, Modal, Text } from "@mantine/core";
import { useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import type { Ended, Me } from "../../session/page-session.js";
import { useSession } from "../../session/session.js";
import { PersonMark } from "../../ui/person-mark.js";
import { GiveUp } from "./give-up.js";
import { OtherPerson } from "./other-person.js";
import classes from "./sign-in.module.css";
import { SignInForm } from "./sign-in-form.js";

/**
 * Asks the same person to sign in again over the page, so that what they wrote is kept and sent. Whoever else is signed in by now may
 * have the page, after a question about what would be lost.
 */
export function SignInAgain({ me, ended }: { me: Me; ended: Ended }) {
  const { messages, format } = useLocale();
  const words = messages.signIn;
  const { signedIn, later, unsent } = useSession();
  const [password, setPassword] = useState("");
  const [email, setEmail] = useState(me.user.email ?? "");
  const [givingUp, setGivingUp] = useState(false);
  const count = unsent.current?.count() ?? 0;
  const other = ended.kind === "other" ? ended.person : null;

  const open = () => {
    if (count > 0) setGivingUp(true);
    else window.location.reload();
  };
  return (
    <Modal
      opened
      onClose={later}
      title={other === null ? words.again : words.other(other.name)}
      closeOnClickOutside={false}
    >
      {other !== null && givingUp ? (
        <GiveUp mine={me.user.name} other={other.name} count={count} onBack={() => setGivingUp(false)} />
      ) : (
        <>
          {other === null ? (
            <Text size="sm" mb="sm">
              {words.againHint}
            </Text>
          ) : (
            <div className={classes.whose}>
              <PersonMark id={me.user.id} name={me.user.name} size={32} />
              <Text size="sm">{words.otherHint(me.user.name)}</Text>
            </div>
          )}
          {count > 0 ? (
            <Text size="sm" className={classes.unsent} role="status">
              {words.unsent(format.number(count), count)}
            </Text>
          ) : null}
          <SignInForm
            email={email}
            {...(me.user.email === null ? { onEmail: setEmail } : {})}
            password={password}
            onPassword={setPassword}
            {...(other === null ? {} : { label: words.as(me.user.name) })}
            onSignedIn={async () => {
              setPassword("");
              await signedIn();
            }}
          />
          {other === null ? null : (
            <>
              <Divider label={words.or} my={14} />
              <OtherPerson person={other} onOpen={open} />
            </>
          )}
        </>
      )}
    </Modal>
  );
}
