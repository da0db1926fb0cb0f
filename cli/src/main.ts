import { Command } from "commander";
import type { ImportOptions } from "./commands/import.js";
import type { ReplayOptions } from "./commands/replay.js";
import { orFail } from "./failure.js";

// Each command is loaded when it is called: what serves takes seconds to load, and most commands need little of it.
const program = new Command("onrecord")
  .description(
    "Co-edit regulated filings live, with every change, access and permission change on the record.",
  )
  .showHelpAfterError();

program
  .command("start")
  .description("serve: everything, or the named services (gateway, collab, subgraph <name>)")
  .argument("[service...]")
  .action((services: string[]) => orFail(async () => (await import("./commands/start.js")).start(services)));

program
  .command("migrate")
  .description("bring the database forward to this build")
  .action(() => orFail(async () => (await import("./commands/migrate.js")).migrate()));

program
  .command("token")
  .description("print a session token for somebody")
  .argument("<email>")
  .option("--json", "print JSON")
  .action((email: string, options: { json?: boolean }) =>
    orFail(async () => (await import("./commands/token.js")).token(email, options)),
  );

program
  .command("import")
  .description("make a filing of a web page, and print the document's id")
  .argument("<file>")
  .requiredOption("--as <email>", "who imports it")
  .option("--folder <id>", "where to put it (default: the first folder in which they may edit)")
  .option("--title <text>", "what to call it (default: as the page calls itself)")
  .option("--url <url>", "the Onrecord to talk to (default: the one on this machine)")
  .option("--json", "print JSON")
  .action((file: string, options: ImportOptions) =>
    orFail(async () => (await import("./commands/import.js")).importFile(file, options)),
  );

program
  .command("replay")
  .description("co-edit a document live with one stock y-websocket client per agent of an editing trace")
  .argument("<trace>", "a .json or .json.gz of the editing-traces format")
  .option("--document <id>", "an empty TEXT document (default: a new one)")
  .option("--speed <n>", "how many times faster than it was typed (default: as fast as possible)", Number)
  .option("--as <emails>", "who types, one per agent, separated by commas")
  .option("--url <url>", "the Onrecord to talk to (default: the one on this machine)")
  .option("--json", "print JSON")
  .action((trace: string, options: ReplayOptions) =>
    orFail(async () => (await import("./commands/replay.js")).replay(trace, options)),
  );

const keys = program.command("keys").description("the key-encryption keys that protect the documents");

keys
  .command("list")
  .description("which keys there are, and how many documents need each")
  .option("--json", "print JSON")
  .action((options: { json?: boolean }) =>
    orFail(async () => (await import("./commands/keys.js")).listKeys(options)),
  );

keys
  .command("prepare")
  .description(
    "make the next key without using it: with several machines, copy keys.json to all of them first",
  )
  .option("--json", "print JSON")
  .action((options: { json?: boolean }) =>
    orFail(async () => (await import("./commands/keys.js")).prepareKey(options)),
  );

keys
  .command("rotate")
  .description("bring every document under a new key, while Onrecord runs; again to go on after a crash")
  .option("--json", "print JSON")
  .action((options: { json?: boolean }) =>
    orFail(async () => (await import("./commands/keys.js")).rotateKeys(options)),
  );

keys
  .command("move")
  .description(
    "bring every document to what ONRECORD_KEYS says (file, aws-kms or vault), while Onrecord runs",
  )
  .option("--json", "print JSON")
  .action((options: { json?: boolean }) =>
    orFail(async () => (await import("./commands/keys.js")).moveKeys(options)),
  );

keys
  .command("retire")
  .description("forget a key that no document needs")
  .argument("<id>")
  .action((id: string) => orFail(async () => (await import("./commands/keys.js")).retireKey(id)));

program
  .command("doctor")
  .description("look at configuration, data directory, database, migrations and port")
  .option("--documents", "read every document's history instead, and list those that are damaged")
  .option("--json", "print JSON")
  .action((options: { documents?: boolean; json?: boolean }) =>
    orFail(async () =>
      options.documents
        ? (await import("./commands/doctor-documents.js")).doctorDocuments(options)
        : (await import("./commands/doctor.js")).doctor(options),
    ),
  );

await program.parseAsync();
