import { Alert } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

/** A refusal that is about all of a form; nothing without one. */
export function FaultAlert({ sentence }: { sentence: string | null }) {
  if (sentence === null) return null;
  return (
    <Alert color="red" variant="light" p="xs" role="alert" icon={<IconAlertTriangle size={17} />}>
      {sentence}
    </Alert>
  );
}
