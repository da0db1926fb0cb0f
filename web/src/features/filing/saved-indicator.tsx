import { Tooltip } from "@mantine/core";
import {
  IconCloudCheck,
  IconCloudOff,
  IconCloudUp,
  IconEye,
  IconLock,
  IconPlugConnected,
} from "@tabler/icons-react";
import type { CollabSession } from "../../collab/collab-session.js";
import type { SavedLabel } from "../../collab/saved-label.js";
import { useSavedLabel } from "../../collab/use-collab.js";
import type { Messages } from "../../i18n/en.js";
import type { Format } from "../../i18n/format.js";
import { useLocale } from "../../i18n/locale.js";
import { useSettled } from "../../ui/use-settled.js";
import classes from "./filing.module.css";

/** Whether what I wrote is safe, in one line that never says more than is true. */
export function SavedIndicator({ session }: { session: CollabSession }) {
  const { messages, format } = useLocale();
  const label = useSavedLabel(session);
  const text = textOf(label, messages, format);
  // Read out once it rests: a screen reader must not speak at every keystroke.
  const settled = useSettled(text, 1500);
  return (
    <Tooltip label={messages.saved.explain} multiline w={300}>
      <span className={`${classes.saved} tabular`} data-kind={label.kind}>
        <span aria-hidden="true" className={classes.savedIcon}>
          {iconOf(label)}
        </span>
        <span aria-hidden="true" className={classes.savedText}>
          {text}
        </span>
        <span role="status" className={classes.hiddenText}>
          {settled}
        </span>
      </span>
    </Tooltip>
  );
}

function textOf(label: SavedLabel, { saved }: Messages, { number, moment }: Format): string {
  switch (label.kind) {
    case "connecting":
      return saved.connecting;
    case "offline":
      return label.unsaved === 0 ? saved.offline : saved.offlineUnsaved(number(label.unsaved), label.unsaved);
    case "saving":
      return saved.saving;
    case "saved":
      return label.version === 0 ? saved.nothing : saved.saved(number(label.version), moment(label.at));
    case "view-only":
      return label.version === null ? saved.viewOnly : saved.viewOnlyAt(number(label.version));
    case "ended": {
      const why = {
        "signed-out": saved.signedOut,
        removed: saved.removed,
        "view-only": saved.refused,
        gone: saved.gone,
        "too-large": saved.tooLarge,
        malformed: saved.malformed,
      }[label.why];
      return label.unsaved === 0 ? why : `${why} · ${saved.unsaved(number(label.unsaved), label.unsaved)}`;
    }
  }
}

function iconOf({ kind }: SavedLabel) {
  const size = 16;
  switch (kind) {
    case "connecting":
      return <IconPlugConnected size={size} stroke={1.8} />;
    case "offline":
      return <IconCloudOff size={size} stroke={1.8} />;
    case "saving":
      return <IconCloudUp size={size} stroke={1.8} />;
    case "saved":
      return <IconCloudCheck size={size} stroke={1.8} />;
    case "view-only":
      return <IconEye size={size} stroke={1.8} />;
    case "ended":
      return <IconLock size={size} stroke={1.8} />;
  }
}
