import { Button } from "@mantine/core";
import { IconMoodConfuzed } from "@tabler/icons-react";
import { useEffect } from "react";
import { useRouteError } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import { Blank } from "../../ui/blank.js";
import classes from "./shell.module.css";

/** The page broke: said plainly, with the way back. */
export function RouteError() {
  const { messages } = useLocale();
  const error = useRouteError();
  useEffect(() => console.error(error), [error]);
  return (
    <div className={classes.splash} role="alert">
      <Blank
        icon={<IconMoodConfuzed size={26} />}
        title={messages.errors.pageBroke}
        hint={messages.errors.pageBrokeHint}
      >
        <Button onClick={() => window.location.reload()}>{messages.errors.reload}</Button>
      </Blank>
    </div>
  );
}
