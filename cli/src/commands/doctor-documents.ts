import { createContext, onLogin } from "@onrecord/context/context";
import { createLogger } from "@onrecord/core/log";
import {
  type DamagedDocument,
  examineDocuments,
  type UnreadDocument,
} from "../doctor/documents/examine-documents.js";
import { readEnvironment } from "../env.js";
import { print, printJson, tell } from "../output.js";

/** What `onrecord doctor --documents` ends with. */
const CLEAN = 0;
const DAMAGED = 1;
const COULD_NOT_LOOK = 2;

/**
 * `onrecord doctor --documents`: lists the documents that show what nobody meant, and the version of each that is whole. Exit code 0 when
 * there are none, 1 when there are some, 2 when it could not look, at one of them or at all.
 */
export async function doctorDocuments({ json }: { json?: boolean }): Promise<void> {
  try {
    const found = await examine(json);
    if (json) printJson(found);
    else if (found.length === 0) print("No document is damaged.");
    const unread = found.some((one) => "unread" in one);
    process.exitCode = unread ? COULD_NOT_LOOK : found.length === 0 ? CLEAN : DAMAGED;
  } catch (error) {
    // Whatever it is: code 1 would say that documents are damaged.
    tell(error instanceof Error ? error.message : String(error));
    process.exitCode = COULD_NOT_LOOK;
  }
}

async function examine(json: boolean | undefined): Promise<(DamagedDocument | UnreadDocument)[]> {
  const { config, secrets } = readEnvironment();
  await using context = await createContext(config, secrets, createLogger(config.logLevel), { beside: true });
  const found: (DamagedDocument | UnreadDocument)[] = [];
  for await (const one of examineDocuments(onLogin(context, "operator"), tell)) {
    found.push(one);
    if (!json) for (const line of linesOf(one)) print(line);
  }
  return found;
}

function linesOf(found: DamagedDocument | UnreadDocument): string[] {
  if ("unread" in found) return [`${found.id}  ${found.title}`, `  ${found.unread}`];
  const { id, title, head, damages, restore } = found;
  return [
    `${id}  ${title}  (at version ${head})`,
    ...damages.map(
      ({ version, text, carrierId }) => `  version ${version} by ${carrierId ?? "Onrecord"}: ${text}`,
    ),
    `  to mend it, restore version ${restore}`,
  ];
}
