import { PasswordInput } from "@mantine/core";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";

/** A password and its repetition, as they were typed. */
export interface Typed {
  readonly password: string;
  readonly again: string;
}

/** What is wrong with each; null: nothing. */
export type TypedFaults = { readonly [Field in keyof Typed]: string | null };

export const noTypedFaults: TypedFaults = { password: null, again: null };

/** The server's own bounds, told before it is asked. */
const SHORTEST = 12;
const LONGEST = 1024;

/** What the page can see by itself. */
export function faultsInTyped(
  { password, again }: Typed,
  words: { readonly tooShort: string; readonly tooLong: string; readonly differs: string },
): TypedFaults {
  return {
    password: password.length < SHORTEST ? words.tooShort : password.length > LONGEST ? words.tooLong : null,
    again: again === password ? null : words.differs,
  };
}

interface NewPasswordProps {
  readonly typed: Typed;
  readonly faults: TypedFaults;
  readonly onChange: (typed: Typed) => void;
  readonly autoFocus?: boolean;
}

/** Two fields for a password that is new. */
export function NewPassword({ typed, faults, onChange, autoFocus = false }: NewPasswordProps) {
  const words = usePeopleWords().door;
  return (
    <>
      <PasswordInput
        label={words.password}
        description={words.passwordHint}
        autoComplete="new-password"
        autoFocus={autoFocus}
        value={typed.password}
        error={faults.password}
        onChange={(event) => onChange({ ...typed, password: event.currentTarget.value })}
      />
      <PasswordInput
        label={words.again}
        autoComplete="new-password"
        value={typed.again}
        error={faults.again}
        onChange={(event) => onChange({ ...typed, again: event.currentTarget.value })}
      />
    </>
  );
}
