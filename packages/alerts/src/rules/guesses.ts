/**
 * Why a session is refused to somebody who may be guessing. A page that was left open while a colleague signed in guesses nothing, nor does a
 * request without any credential, or one that another site made a browser send.
 */
export const guesses: readonly string[] = [
  "credentials",
  "inactive",
  "expired",
  "token",
  "too-large",
  "too-many",
];
