import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** Whether a variable of this name holds a secret, and may be given as a file instead: `<name>_FILE` is its path. */
const SECRET =
  /^(DATABASE_(ADMIN_)?URL(_[A-Z]+)?|DATABASE_(ADMIN_)?PASSWORD(_[A-Z]+)?|NATS_(URL|PASSWORD)|ONRECORD_(SERVICE_SECRET|DEMO_PASSWORD|METRICS_TOKEN)|OTEL_EXPORTER_OTLP_HEADERS|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN))$/;

/** The address that a password belongs to: `DATABASE_PASSWORD_AUDIT` is that of `DATABASE_URL_AUDIT`. */
const PASSWORD = /^(DATABASE|DATABASE_ADMIN|NATS)_PASSWORD(_[A-Z]+)?$/;

/** What systemd puts before the name of a file of the folder that a unit loads as `onrecord`. */
const CREDENTIAL = "onrecord_";

/** Secrets that systemd hands to a unit (`LoadCredential=onrecord:<folder>`): files that are called as the variables are. */
function credentials(folder: string | undefined): [string, string][] {
  if (!folder) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(CREDENTIAL) && SECRET.test(name.slice(CREDENTIAL.length)))
    .map((name) => [`${name.slice(CREDENTIAL.length)}_FILE`, join(folder, name)]);
}

/**
 * The environment with its secrets in place: those that are given as files are read (line ends around them do not count), and a password
 * that is given by itself stands in its address. An environment is seen by whoever may look at the process; a file has a mode. `fault`
 * is told of files that cannot be read, of secrets that are given twice, and of passwords without an address that has none.
 */
export function withSecrets(env: Env, fault: (sentence: string) => void): Env {
  const whole: Record<string, string | undefined> = { ...env };
  for (const [variable, path] of [...Object.entries(env), ...credentials(env.CREDENTIALS_DIRECTORY)]) {
    const name = variable.replace(/_FILE$/, "");
    if (name === variable || !SECRET.test(name) || !path?.trim()) continue;
    if (whole[name]?.trim()) {
      fault(`${name} and ${variable} are both set; set one of them.`);
      continue;
    }
    try {
      whole[name] = readFileSync(path.trim(), "utf8").trim();
      if (whole[name] === "") fault(`${variable} names a file that is empty: ${path.trim()}.`);
    } catch (error) {
      fault(
        `${variable} names a file that cannot be read: ${path.trim()} (${(error as NodeJS.ErrnoException).code}).`,
      );
    }
  }
  for (const [name, value] of Object.entries(whole)) {
    const [, of, service = ""] = PASSWORD.exec(name) ?? [];
    const password = value?.trim();
    if (of === undefined || service === "_FILE" || !password) continue;
    const address = `${of}_URL${service}`;
    whole[address] = withPassword(whole[address]?.trim() || undefined, password, address, name, fault);
  }
  return whole;
}

function withPassword(
  address: string | undefined,
  password: string,
  addressName: string,
  name: string,
  fault: (sentence: string) => void,
): string | undefined {
  // What is no address is told by whoever reads it.
  if (address !== undefined && !URL.canParse(address)) return address;
  const url = address === undefined ? undefined : new URL(address);
  if (url === undefined || url.username === "" || url.password !== "") {
    fault(`${name} belongs to a ${addressName} that names a user and no password.`);
    return address;
  }
  url.password = encodeURIComponent(password);
  return url.href;
}
