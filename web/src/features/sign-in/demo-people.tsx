import { UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { type DemoFirm, readDemoFirm } from "../../session/auth.js";
import { nthColour } from "../../ui/person-colour.js";
import { Mark } from "../../ui/person-mark.js";
import classes from "./sign-in.module.css";

/** The people of a demo firm, to try the product as each of them; nothing at all in a real firm. */
export function DemoPeople({ onChoose }: { onChoose: (email: string, password: string) => void }) {
  const { messages } = useLocale();
  const [firm, setFirm] = useState<DemoFirm | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    void readDemoFirm(leaving.signal).then((told) => leaving.signal.aborted || setFirm(told));
    return () => leaving.abort();
  }, []);
  if (firm === null) return null;
  return (
    <section className={classes.demo} aria-label={messages.signIn.demo}>
      <h2>{messages.signIn.demo}</h2>
      <p>{messages.signIn.demoHint(firm.password)}</p>
      <ul>
        {firm.people.map(({ email, name, title }, n) => (
          <li key={email}>
            <UnstyledButton className={classes.demoPerson} onClick={() => onChoose(email, firm.password)}>
              <Mark colour={nthColour(n)} name={name} size={22} />
              <span>
                <strong>{name}</strong>
                {title === null ? null : <em>{title}</em>}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
