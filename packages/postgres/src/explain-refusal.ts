import { AppError } from "@onrecord/core/errors";

/** Why a database could not be entered with this URL, and what to do about it, in one sentence and without the password. */
export function explainRefusal(cause: unknown, url: string, variable: string): AppError {
  const at = new URL(url);
  const place = `${at.hostname}:${at.port || 5432}${at.pathname}`;
  const login = decodeURIComponent(at.username) || "(no name)";
  const { code, message } = cause as { code?: string; message?: string };
  const said = (message || code || String(cause)).replace(/\.$/, "");
  const say = (sentence: string) => new AppError("BAD_CONFIG", sentence, { cause });
  switch (code) {
    case "28P01":
      return say(
        `The database of ${variable} (${place}) does not take the password of ${login}: put the right one into ${variable}, or let its owner set one (\`alter role ${login} login password '…'\`).`,
      );
    case "28000":
      return say(
        `The database of ${variable} (${place}) does not let ${login} in (${said}): give it \`login\`, and a line in pg_hba.conf for where this runs.`,
      );
    case "3D000":
      return say(
        `There is no database ${at.pathname.slice(1)} where ${variable} points (${place}): put the right name into ${variable}, or create it (\`create database … owner …\`).`,
      );
    case "42501":
      return say(
        `The login ${login} of ${variable} may not enter the database (${place}; ${said}): let its owner \`grant connect\` to it.`,
      );
    case "53300":
      return say(
        `The database of ${variable} (${place}) has no connection left (${said}): raise max_connections, or end what holds them.`,
      );
    case "57P03":
      return say(
        `The database of ${variable} (${place}) is just starting or ending (${said}): try again in a moment.`,
      );
    default:
      break;
  }
  if (/unsupported startup parameter/.test(said))
    return say(
      `The pooler of ${variable} (${place}) refuses what the URL asks for (${said}): take \`options\` out of ${variable}.`,
    );
  if (/authentication failed|no such user|auth failed/i.test(said))
    return say(
      `The pooler of ${variable} (${place}) does not let ${login} in (${said}): put the right name and password into ${variable}, and the login into the pooler's list.`,
    );
  if (/SSL|TLS|certificate/i.test(said))
    return say(
      `The database of ${variable} (${place}) and ${variable} disagree about encryption (${said}): see \`sslmode\` in the URL.`,
    );
  return say(
    `Cannot reach the database of ${variable} (${place}): ${said}. See that it runs, and that ${variable} names its host and port.`,
  );
}
