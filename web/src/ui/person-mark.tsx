import { Logo } from "./logo.js";
import { initials, personColour } from "./person-colour.js";
import classes from "./ui.module.css";

/** A person as a small coloured disc; the name is for those who cannot see it. */
export function PersonMark({ id, name, size = 24 }: { id: string; name: string; size?: number }) {
  return <Mark colour={personColour(id)} name={name} size={size} />;
}

/** The same disc in a colour chosen by whoever shows it. */
export function Mark({ colour, name, size }: { colour: string; name: string; size: number }) {
  const style = { background: colour, width: size, height: size, fontSize: Math.round(size * 0.4) };
  return (
    <span className={classes.person} style={style} aria-hidden="true" title={name}>
      {initials(name)}
    </span>
  );
}

/** Several people as two discs that overlap: the names are told beside them. */
export function PersonMarks({
  people,
}: {
  people: readonly { readonly id: string; readonly name: string }[];
}) {
  const [only, ...others] = people;
  if (only === undefined) return <NobodyMark />;
  if (others.length === 0) return <PersonMark id={only.id} name={only.name} />;
  return (
    <span className={classes.people}>
      {people.slice(0, 2).map(({ id, name }) => (
        <PersonMark key={id} id={id} name={name} size={17} />
      ))}
    </span>
  );
}

/** The mark of Onrecord itself. */
export function HouseMark({ size = 24 }: { size?: number }) {
  return (
    <span className={classes.house} style={{ width: size, height: size }} aria-hidden="true">
      <Logo size={Math.round(size * 0.72)} />
    </span>
  );
}

/** The mark of an author who is not known. */
export function NobodyMark({ size = 24 }: { size?: number }) {
  return (
    <span
      className={classes.nobody}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.45) }}
      aria-hidden="true"
    >
      ?
    </span>
  );
}
