import { readFileSync } from "node:fs";

type Env = Readonly<Record<string, string | undefined>>;

/** Whether a variable of this name holds a secret, and may be given as a file instead: `<name>_FILE` is its path. */
const SECRET =
  /^(DATABASE_(ADMIN_)?URL(_[A-Z]+)?|(DATABASE|DATABASE_ADMIN|NATS)_PASSWORD|NATS_URL|ONRECORD_(SERVICE_SECRET|DEMO_PASSWORD)|VAULT_TOKEN|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN))$/;

/** Which password belongs into which address. */
const passwords = {
  DATABASE_URL: "DATABASE_PASSWORD",
  DATABASE_ADMIN_URL: "DATABASE_ADMIN_PASSWORD",
  NATS_URL: "NATS_PASSWORD",
} as const;

/**
 * The environment with its secrets in place: those that are given as files are read (line ends around them do not count), and a password
 * that is given by itself stands in its address. An environment is seen by whoever may look at the process; a file has a mode. `fault`
 * is told of files that cannot be read, of secrets that are given twice, and of passwords without an address that has none.
 */
export function withSecrets(env: Env, fault: (sentence: string) => void): Env {
  const whole: Record<string, string | undefined> = { ...env };
  for (const [variable, path] of Object.entries(env)) {
    const name = variable.replace(/_FILE$/, "");
    if (name === variable || !SECRET.test(name) || !path?.trim()) continue;
    if (env[name]?.trim()) {
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
  for (const [address, name] of Object.entries(passwords)) {
    const password = whole[name]?.trim();
    if (password) whole[address] = withPassword(whole[address]?.trim(), password, address, name, fault);
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
