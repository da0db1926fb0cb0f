import { Button } from "@mantine/core";
import { useLocale } from "../../i18n/locale.js";
import { PersonMark } from "../../ui/person-mark.js";

interface OtherPersonProps {
  readonly person: { readonly id: string; readonly name: string };
  readonly onOpen: () => void;
}

/** Lets whoever is signed in in this browser have the page. */
export function OtherPerson({ person, onOpen }: OtherPersonProps) {
  const { messages } = useLocale();
  return (
    <Button
      variant="default"
      size="sm"
      fullWidth
      leftSection={<PersonMark id={person.id} name={person.name} size={20} />}
      onClick={onOpen}
    >
      {messages.signIn.goOnAs(person.name)}
    </Button>
  );
}
