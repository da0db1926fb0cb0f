import { detailOf } from "@onrecord/ledger/detail";
import { guesses } from "./guesses.js";
import type { Burst, Rule } from "./rule.js";

const MINUTES = 5;

/** One alert for a burst; if it goes on, another after the window. */
const isBurst = ({ count, alerted }: Burst, threshold: number) => count >= threshold && !alerted;

/** Somebody guesses passwords: from one address, or at one account from many. */
export const signInRefusedBurst: Rule = {
  id: "sign-in-refused-burst",
  severity: "MEDIUM",
  actions: ["session.refused"],
  matches: async (entry, recent) =>
    guesses.some((reason) => reason === detailOf(entry).reason) &&
    isBurst(await recent.refusedSignIns(entry, "sign-in-refused-burst", MINUTES), 5),
};

/** Somebody tries one door after the other. */
export const accessDeniedBurst: Rule = {
  id: "access-denied-burst",
  severity: "HIGH",
  actions: [
    "access.denied",
    "document.download-refused",
    "document.edit-refused",
    "presence.refused",
    "password.change-refused",
  ],
  matches: async (entry, recent) =>
    entry.actorId !== null && isBurst(await recent.denials(entry, "access-denied-burst", MINUTES), 10),
};
