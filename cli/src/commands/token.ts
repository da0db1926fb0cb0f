import { makeTokens } from "../client/tokens.js";
import { print, printJson } from "../output.js";

/** `onrecord token <email>`: prints a session token. */
export async function token(email: string, { json }: { json?: boolean }): Promise<void> {
  const [made] = await makeTokens([email]);
  if (json) printJson({ email, token: made });
  else print(made!);
}
