import type { CloseReason } from "@onrecord/collab-protocol/protocol";

/** A presence state that is not taken; `why` is what its connection is closed with. */
export class PresenceError extends RangeError {
  constructor(readonly why: CloseReason) {
    super(why.reason);
  }
}
