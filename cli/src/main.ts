import { Command } from "commander";
import type { AdminOptions } from "./commands/admin.js";
import type { ImportOptions } from "./commands/import.js";
import type { ReplayOptions } from "./commands/replay.js";
import type { RestoreOptions } from "./commands/restore.js";
import { orFail } from "./failure.js";
import { serving } from "./serving.js";

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
  .action((services: string[]) =>
    serving(async (voice) => (await import("./commands/start.js")).start(services, voice)),
  );

program
  .command("migrate")
  .description("bring the database forward to this build")
  .action(() => serving(async (voice) => (await import("./commands/migrate.js")).migrate(voice)));

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

const admin = program.command("admin").description("those who administer this installation");

admin
  .command("create")
  .description("make an administrator; the password is asked for, or the first line of what is piped in")
  .argument("<email>")
  .option("--name <text>", "what to call them (default: the address)")
  .option("--generate", "make a password, and print it once")
  .option("--another", "also where somebody administers this installation already")
  .option("--json", "print JSON")
  .action((email: string, options: AdminOptions) =>
    orFail(async () => (await import("./commands/admin.js")).createAdmin(email, options)),
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
  .command("backup")
  .description("seal everything, as it is at one moment, into one file while people work on")
  .requiredOption("--out <path>", "a file that is not there yet, or a directory to make one in")
  .option("--json", "print JSON")
  .action((options: { out: string; json?: boolean }) =>
    orFail(async () => (await import("./commands/backup.js")).backup(options)),
  );

program
  .command("restore")
  .description("bring a backup into an empty database and its keys into the data directory, and check both")
  .argument("<path>", "the file, or a directory whose newest backup is meant")
  .option("--check", "only read it: whether it is whole, and what it holds")
  .option("--json", "print JSON")
  .action((path: string, options: RestoreOptions) =>
    orFail(async () => (await import("./commands/restore.js")).restore(path, options)),
  );

program
  .command("doctor")
  .description("look at configuration, data directory, database, migrations, keys, growth and port")
  .option("--documents", "read every document's history instead, and list those that are damaged")
  .option("--data", "hold heads, versions, entries and rights against each other, and open every document")
  .option("--json", "print JSON")
  .action((options: { documents?: boolean; data?: boolean; json?: boolean }) =>
    orFail(async () => {
      if (options.data) return (await import("./commands/doctor-data.js")).doctorData(options);
      if (options.documents) return (await import("./commands/doctor-documents.js")).doctorDocuments(options);
      return (await import("./commands/doctor.js")).doctor(options);
    }),
  );

await program.parseAsync();
