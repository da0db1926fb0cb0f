import { randomBytes } from "node:crypto";
import { createContext, onLogin } from "@onrecord/context/context";
import { createLogger } from "@onrecord/core/log";
import { addAdministrator, checkWanted } from "@onrecord/subgraph-identity/commands/add-administrator";
import { askPassword } from "../client/ask-password.js";
import { readEnvironment } from "../env.js";
import { print, printJson, tell } from "../output.js";
import { isThere, placeOf } from "../place.js";

/** How an administrator is made. */
export interface AdminOptions {
  readonly name?: string;
  readonly generate?: boolean;
  readonly another?: boolean;
  readonly json?: boolean;
}

/** `onrecord admin create <email>`: makes an administrator, straight in the database: for whoever operates the machine. */
export async function createAdmin(
  given: string,
  { name = given, generate = false, another = false, json }: AdminOptions,
): Promise<void> {
  const environment = readEnvironment();
  const { config, secrets } = environment;
  const place = placeOf(config, secrets);
  tell(isThere(environment) ? `This is about ${place}.` : `Nothing is there yet: this makes ${place}.`);
  await using context = await createContext(config, secrets, createLogger(config.logLevel), { beside: true });
  const operator = onLogin(context, "operator");
  // Nobody types a password in vain.
  await checkWanted(operator.db, another);
  const made = generate ? randomBytes(18).toString("base64url") : undefined;
  const password = made ?? (await askPassword());
  const email = await addAdministrator(operator, { email: given, name, password, another });
  if (json) printJson(made === undefined ? { email } : { email, password: made });
  else if (made === undefined) print(`${email} administers the Onrecord of ${place}.`);
  else {
    tell(
      `${email} administers the Onrecord of ${place}. The password is shown only here; change it after signing in.`,
    );
    print(made);
  }
}
