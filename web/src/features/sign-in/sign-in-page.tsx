import { useState } from "react";
import { Navigate, useSearchParams } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import { useSession } from "../../session/session.js";
import { Door } from "../../ui/door.js";
import { useTitle } from "../../ui/use-title.js";
import { DemoPeople } from "./demo-people.js";
import { nextPath } from "./next-path.js";
import { NobodyYet } from "./nobody-yet.js";
import classes from "./sign-in.module.css";
import { SignInForm } from "./sign-in-form.js";

/** The front door. */
export function SignInPage() {
  const { messages } = useLocale();
  const words = messages.signIn;
  const { state, signedIn } = useSession();
  const [search] = useSearchParams();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  useTitle(words.title);
  if (state.kind === "signed-in") return <Navigate to={nextPath(search.get("next"))} replace />;
  return (
    <Door
      title={words.title}
      lead={words.lead}
      below={
        <ul className={classes.promises}>
          {words.promises.map((promise) => (
            <li key={promise}>{promise}</li>
          ))}
        </ul>
      }
    >
      <NobodyYet />
      <SignInForm
        email={email}
        onEmail={setEmail}
        password={password}
        onPassword={setPassword}
        onSignedIn={signedIn}
      />
      <DemoPeople
        onChoose={(person, demoPassword) => {
          setEmail(person);
          setPassword(demoPassword);
        }}
      />
    </Door>
  );
}
