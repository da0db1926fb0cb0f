import type { EntityManager } from "@mikro-orm/postgresql";
import type { AppContext } from "@onrecord/context/context";
import type { Attribution } from "@onrecord/history/attribution/attribution";
import type { Edits } from "@onrecord/history/edit/edits";
import type { History } from "@onrecord/history/store/history";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { Guard } from "@onrecord/policy/guard";
import type { Caller } from "@onrecord/policy/principal";
import type { Orm } from "@onrecord/postgres/orm";
import type { ImportRunner } from "./import/import-runner.js";

/** What this subgraph works with, made once per process. */
export interface DocumentsServices extends Pick<AppContext, "config" | "log" | "db" | "bus" | "rights"> {
  readonly orm: Orm;
  readonly ledger: Ledger;
  readonly guard: Guard;
  readonly history: History;
  readonly edits: Edits;
  readonly attribution: Attribution;
  readonly imports: ImportRunner;
}

/** One execution: who asks, and everything remembered for them and for no one else. */
export class DocumentsContext {
  readonly em: EntityManager;
  /** Opens already on the record in this execution, by document and version. */
  readonly opened = new Map<string, Promise<void>>();

  /** Differences and attributions that this execution has asked for. */
  attributions = 0;

  constructor(
    readonly services: DocumentsServices,
    readonly caller: Caller,
  ) {
    this.em = services.orm.em();
  }
}
