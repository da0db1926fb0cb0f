import type { AppContext } from "@onrecord/context/context";
import { Attribution } from "@onrecord/history/attribution/attribution";
import { Edits } from "@onrecord/history/edit/edits";
import { History } from "@onrecord/history/store/history";
import { Ledger } from "@onrecord/ledger/ledger";
import { DecisionPoint } from "@onrecord/policy/decision";
import { Guard } from "@onrecord/policy/guard";
import { openOrm } from "@onrecord/postgres/orm";
import type { DocumentsServices } from "./context.js";
import { DocumentEntity } from "./entities/document.js";
import { FolderEntity } from "./entities/folder.js";
import { ImportRunner } from "./import/import-runner.js";

/** Makes what this subgraph works with; disposing of it ends what it opened, and nothing of the process's. */
export async function openServices(context: AppContext): Promise<DocumentsServices & AsyncDisposable> {
  const { config, db, bus, rights } = context;
  const log = context.log.child({ service: "documents" });
  await using opened = new AsyncDisposableStack();
  const orm = opened.use(
    await openOrm({ db, log, schema: "documents", entities: [FolderEntity, DocumentEntity] }),
  );
  const imports = opened.use(new ImportRunner());
  const ledger = new Ledger(db, bus);
  const guard = new Guard(new DecisionPoint(db), ledger);
  const history = new History(context, ledger);
  const edits = new Edits(context, ledger, history);
  const attribution = new Attribution(context, history);
  const owned = opened.move();
  return {
    ...{ config, log, db, bus, rights, orm, ledger, guard, history, edits, attribution, imports },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
