import { Radio, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { SuspendUserDocument, type SuspensionReason } from "@onrecord/schema/generated";
import { useState } from "react";
import { useMutation } from "urql";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { useMe } from "../../session/session.js";
import { ConfirmModal } from "./confirm-modal.js";
import type { DialogProps } from "./dialog-props.js";
import classes from "./people.module.css";

const reasons: readonly SuspensionReason[] = ["LEFT", "ABSENT", "SECURITY", "OTHER"];

/** Asks why, and says what happens, before somebody is out. */
export function SuspendModal({ person, onDone, onClose }: DialogProps) {
  const words = usePeopleWords().suspend;
  const { user } = useMe();
  const [reason, setReason] = useState<SuspensionReason | null>(null);
  const [missing, setMissing] = useState(false);
  const [, suspend] = useMutation(SuspendUserDocument);
  const confirm = async () => {
    setMissing(reason === null);
    return reason === null ? null : suspend({ input: { userId: person.id, reason } });
  };
  return (
    <ConfirmModal
      title={words.title(person.name)}
      confirm={words.suspend}
      danger
      onConfirm={confirm}
      onDone={() => {
        notifications.show({ message: words.done(person.name) });
        onDone();
      }}
      onClose={onClose}
    >
      {user.id === person.id ? (
        <Text size="sm" className={classes.warning}>
          {words.self}
        </Text>
      ) : null}
      <ul className={classes.consequences}>
        {words.what.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <Radio.Group
        label={words.reason}
        description={words.reasonHint}
        error={missing ? words.needReason : null}
        value={reason}
        onChange={(chosen) => {
          setReason(chosen as SuspensionReason);
          setMissing(false);
        }}
      >
        <Stack gap={8} my={8}>
          {reasons.map((one) => (
            <Radio key={one} size="xs" value={one} label={words.reasons[one]} />
          ))}
        </Stack>
      </Radio.Group>
    </ConfirmModal>
  );
}
