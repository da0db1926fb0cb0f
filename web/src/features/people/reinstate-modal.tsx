import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { ReinstateUserDocument } from "@onrecord/schema/generated";
import { useMutation } from "urql";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { ConfirmModal } from "./confirm-modal.js";
import type { DialogProps } from "./dialog-props.js";
import { statusOf } from "./person-state.js";

/** Says what a reinstated account can do again, and what it still lacks. */
export function ReinstateModal({ person, onDone, onClose }: DialogProps) {
  const words = usePeopleWords().suspend;
  const [, reinstate] = useMutation(ReinstateUserDocument);
  const ended = statusOf({ ...person, active: true }) === "ENDED";
  return (
    <ConfirmModal
      title={words.reinstateTitle(person.name)}
      confirm={words.reinstate}
      onConfirm={() => reinstate({ input: { userId: person.id } })}
      onDone={() => {
        notifications.show({ message: words.reinstated(person.name) });
        onDone();
      }}
      onClose={onClose}
    >
      <Text size="sm" lh={1.55}>
        {person.passwordSet === false
          ? words.reinstateNoPassword(person.name)
          : words.reinstateText(person.name)}
      </Text>
      {ended ? (
        <Text size="sm" lh={1.55}>
          {words.reinstateEnded}
        </Text>
      ) : null}
    </ConfirmModal>
  );
}
