import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { AppError } from "@onrecord/core/errors";

/**
 * The password that somebody gives for a new account: typed twice without being shown, or the first line of what is piped in. Never an
 * argument, which others on the machine could read and the shell would keep.
 */
export async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    const [line = ""] = (await text(process.stdin)).split(/\r?\n/, 1);
    if (line === "")
      throw new AppError("BAD_USER_INPUT", "Pipe the password in, or let --generate make one.");
    return line;
  }
  const password = await askHidden("Password (at least 12 characters): ");
  if (password !== (await askHidden("Once more: ")))
    throw new AppError("BAD_USER_INPUT", "These were two different passwords; nothing was made.");
  return password;
}

function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  return new Promise((resolve, reject) => {
    lines.on("SIGINT", () => lines.close());
    lines.on("close", () => {
      process.stderr.write("\n");
      reject(new AppError("BAD_USER_INPUT", "Nothing was made."));
    });
    lines.question("", (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}
