import type { DialogProps } from "./dialog-props.js";
import { NewLinkModal } from "./new-link-modal.js";
import { PersonForm } from "./person-form.js";
import { ReinstateModal } from "./reinstate-modal.js";
import { SuspendModal } from "./suspend-modal.js";
import type { Firm } from "./use-firm.js";

/** What is done with one person. */
export type PersonAction = "edit" | "link" | "suspend" | "reinstate";

/** The dialog of an action. */
export function PersonDialog({ action, firm, ...props }: DialogProps & { action: PersonAction; firm: Firm }) {
  switch (action) {
    case "edit":
      return <PersonForm firm={firm} {...props} />;
    case "link":
      return <NewLinkModal {...props} />;
    case "suspend":
      return <SuspendModal {...props} />;
    case "reinstate":
      return <ReinstateModal {...props} />;
  }
}
