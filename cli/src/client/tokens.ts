import { createContext, onLogin } from "@onrecord/context/context";
import { createLogger } from "@onrecord/core/log";
import { createSessionFor } from "@onrecord/subgraph-identity/commands/create-session-for";
import { readEnvironment } from "../env.js";

/** Makes a session token for each address, straight in the database: for whoever operates the machine. */
export async function makeTokens(emails: readonly string[]): Promise<string[]> {
  const { config, secrets } = readEnvironment();
  await using context = await createContext(config, secrets, createLogger(config.logLevel), { beside: true });
  const tokens: string[] = [];
  for (const email of emails) tokens.push(await createSessionFor(onLogin(context, "operator"), email));
  return tokens;
}
