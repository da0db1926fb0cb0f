import { Text } from "@mantine/core";
import { CreatePasswordLinkDocument } from "@onrecord/schema/generated";
import { useState } from "react";
import { useMutation } from "urql";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { ConfirmModal } from "./confirm-modal.js";
import type { DialogProps } from "./dialog-props.js";
import { LinkModal, type MadeLink } from "./link-modal.js";

// The answer is a link alone, and the list tells of links that are open.
const changesPeople = { additionalTypenames: ["User"] };

/** Makes somebody another link for a password, after saying what it does. */
export function NewLinkModal({ person, onDone, onClose }: DialogProps) {
  const words = usePeopleWords().link;
  const [link, setLink] = useState<MadeLink | null>(null);
  const [, make] = useMutation(CreatePasswordLinkDocument);
  if (link !== null)
    return <LinkModal name={person.name} lead={words.madeNew(person.name)} link={link} onClose={onDone} />;
  return (
    <ConfirmModal
      title={words.newTitle(person.name)}
      confirm={words.make}
      onConfirm={async () => {
        const result = await make({ input: { userId: person.id } }, changesPeople);
        if (result.data) setLink(result.data.createPasswordLink);
        return result.error ? result : null;
      }}
      onDone={onDone}
      onClose={onClose}
    >
      <Text size="sm" lh={1.55}>
        {person.passwordSet === false ? words.newFirst(person.name) : words.newText(person.name)}
      </Text>
    </ConfirmModal>
  );
}
