import { useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { useMe } from "../../session/session.js";
import { PersonMark } from "../../ui/person-mark.js";
import { useTitle } from "../../ui/use-title.js";
import { useTellWhere } from "../../ui/where.js";
import classes from "./account.module.css";
import { PasswordForm } from "./password-form.js";
import { SessionList } from "./session-list.js";

/** My account: where I am signed in, and my password. */
export function AccountPage() {
  const { messages } = useLocale();
  const words = messages.account;
  const { user } = useMe();
  const [round, setRound] = useState(0);
  useTitle(words.title);
  useTellWhere([{ label: words.title, to: null }]);
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <PersonMark id={user.id} name={user.name} size={40} />
        <div>
          <h1>{words.title}</h1>
          <p>{[user.name, user.email].filter(Boolean).join(" · ")}</p>
        </div>
      </div>
      <SessionList key={round} />
      <PasswordForm onChanged={() => setRound(round + 1)} />
    </div>
  );
}
