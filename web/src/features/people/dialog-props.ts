import type { PersonRowFragment } from "@onrecord/schema/generated";

/** What each dialog about a person is given. */
export interface DialogProps {
  readonly person: PersonRowFragment;
  /** It was done. */
  readonly onDone: () => void;
  /** It was left. */
  readonly onClose: () => void;
}
