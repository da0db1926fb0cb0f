import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useLocale } from "../../i18n/locale.js";
import { useSession } from "../../session/session.js";

interface GiveUpProps {
  readonly mine: string;
  readonly other: string;
  readonly count: number;
  readonly onBack: () => void;
}

/** What is lost when this page becomes another person's, and the way to carry it to safety before. */
export function GiveUp({ mine, other, count, onBack }: GiveUpProps) {
  const { messages, format } = useLocale();
  const words = messages.signIn;
  const { unsent } = useSession();

  const copy = async () => {
    await navigator.clipboard.writeText((await unsent.current?.text()) ?? "");
    notifications.show({ message: messages.common.copied });
  };
  const lose = () => {
    // Asked here already: the browser does not ask again.
    unsent.current = null;
    window.location.reload();
  };
  return (
    <>
      <Text size="sm">{words.giveUp(format.number(count), count, mine, other)}</Text>
      <Button variant="default" size="sm" fullWidth mt={16} onClick={() => void copy()}>
        {messages.banner.copyText}
      </Button>
      <Group justify="space-between" gap={8} mt={12}>
        <Button variant="subtle" size="sm" data-autofocus onClick={onBack}>
          {words.back}
        </Button>
        <Button variant="light" color="red" size="sm" onClick={lose}>
          {words.lose(other, count)}
        </Button>
      </Group>
    </>
  );
}
