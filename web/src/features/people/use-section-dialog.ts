import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useFocus } from "./use-focus.js";

/** A section's dialog: what is made, or what is done with one of its rows. */
export type SectionDialog<Action extends string, Row extends { readonly id: string }> =
  | { readonly kind: "new" }
  | { readonly kind: Action; readonly row: Row };

/** The one dialog of a section with this heading, and where the focus goes behind it: to the section, or back to what opened it. */
export function useSectionDialog<Action extends string, Row extends { readonly id: string }>(
  heading: string,
  reload: () => void,
) {
  const [dialog, open] = useState<SectionDialog<Action, Row> | null>(null);
  const focus = useFocus(heading);
  return {
    dialog,
    open,
    done: (message: string) => {
      notifications.show({ message });
      open(null);
      focus();
    },
    leave: () => {
      const opener = dialog !== null && "row" in dialog ? `actions-${dialog.row.id}` : `${heading}-new`;
      open(null);
      // Whatever it was refused for may have been changed by others.
      reload();
      focus(opener);
    },
  };
}
