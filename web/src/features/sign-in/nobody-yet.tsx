import { Alert, Anchor } from "@mantine/core";
import { SetupOpenDocument } from "@onrecord/schema/generated";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { askAsNobody } from "../../api/ask-as-nobody.js";
import { useLocale } from "../../i18n/locale.js";
import classes from "./sign-in.module.css";

/** Says that there is nobody who could sign in, where an installation has no administrator yet; nothing anywhere else. */
export function NobodyYet() {
  const { messages } = useLocale();
  const words = messages.signIn;
  const [open, setOpen] = useState(false);
  useEffect(() => {
    let left = false;
    void askAsNobody(SetupOpenDocument, {}).then((answer) => {
      if (!left && "data" in answer) setOpen(answer.data.setupOpen);
    });
    return () => {
      left = true;
    };
  }, []);
  if (!open) return null;
  return (
    <Alert color="blue" variant="light" p="xs" title={words.nobodyYet} className={classes.nobodyYet ?? ""}>
      <Anchor component={Link} to="/first-run" size="sm">
        {words.setUp}
      </Anchor>
    </Alert>
  );
}
