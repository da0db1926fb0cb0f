import { useState } from "react";
import { Navigate, useSearchParams } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import { useSession } from "../../session/session.js";
import { Logo } from "../../ui/logo.js";
import { useTitle } from "../../ui/use-title.js";
import { DemoPeople } from "./demo-people.js";
import { nextPath } from "./next-path.js";
import { PlainSwitches } from "./plain-switches.js";
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
    <div className={classes.page}>
      <div className={classes.corner}>
        <PlainSwitches />
      </div>
      <main className={classes.door}>
        <div className={classes.brand}>
          <Logo size={34} />
          <span>{messages.shell.product}</span>
        </div>
        <div className={classes.card}>
          <h1 className={classes.title}>{words.title}</h1>
          <p className={classes.lead}>{words.lead}</p>
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
        </div>
        <ul className={classes.promises}>
          {words.promises.map((promise) => (
            <li key={promise}>{promise}</li>
          ))}
        </ul>
      </main>
    </div>
  );
}
