import { Button } from "@mantine/core";
import { IconFileUnknown } from "@tabler/icons-react";
import { Link } from "react-router";
import { useLocale } from "../i18n/locale.js";
import { Blank } from "./blank.js";
import { useTitle } from "./use-title.js";

/** What does not exist and what one may not know of look the same. */
export function NotFoundPage() {
  const { messages } = useLocale();
  useTitle(messages.errors.notFound);
  return (
    <Blank
      icon={<IconFileUnknown size={26} />}
      title={messages.errors.notFound}
      hint={messages.errors.notFoundHint}
    >
      <Button component={Link} to="/" variant="default">
        {messages.errors.home}
      </Button>
    </Blank>
  );
}
