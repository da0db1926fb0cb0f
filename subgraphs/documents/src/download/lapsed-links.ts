import { LockMode, raw } from "@mikro-orm/postgresql";
import { newId } from "@onrecord/core/ids";
import { type Again, Pump } from "@onrecord/ledger/pump";
import { type Orm, unitOfWork } from "@onrecord/postgres/orm";
import type { DocumentsServices } from "../context.js";
import { TicketEntity } from "../entities/ticket.js";

const EVERY_MS = 30_000;
const BATCH = 200;

/** What nobody has used in time, by the database's clock. */
const lapsed = () => ({ usedAt: null, lapsedAt: null, expiresAt: { $lte: raw("clock_timestamp()") } });

/**
 * Puts links on the record that ran out unused: somebody may have asked for more copies than they took, or have lost one on the way.
 * Every node looks; a link is marked in the transaction of its entry, so that it has one.
 */
export class LapsedLinks implements AsyncDisposable {
  readonly #pump: Pump;

  constructor(
    private readonly services: Pick<DocumentsServices, "db" | "ledger" | "log">,
    private readonly orm: Orm,
  ) {
    const { log } = services;
    this.#pump = new Pump(() => this.#look(), { name: "lapsed links", log, idleMs: EVERY_MS });
  }

  start(): void {
    this.#pump.start();
  }

  /** Records those that have run out by now; how many. */
  async sweep(): Promise<number> {
    const { db, ledger } = this.services;
    const requestId = newId();
    return db.transaction(async (tx) => {
      const em = unitOfWork(this.orm.em(), tx);
      // Another node's are left to it, and one that is being used to whoever uses it.
      const tickets = await em.find(TicketEntity, lapsed(), {
        limit: BATCH,
        orderBy: { expiresAt: "asc" },
        lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
      });
      for (const { document, format, version, userId, sessionId } of tickets) {
        await ledger.append(tx, {
          action: "download.lapsed",
          by: { actorKind: "USER", actorId: userId, sessionId, requestId, from: null },
          object: { kind: "DOCUMENT", id: document.id },
          detail: { format, version },
        });
      }
      const hashes = tickets.map(({ tokenHash }) => tokenHash);
      await em.nativeUpdate(
        TicketEntity,
        { tokenHash: { $in: hashes } },
        { lapsedAt: raw("clock_timestamp()") },
      );
      return tickets.length;
    });
  }

  async #look(): Promise<Again> {
    // Nearly always there is none: then no transaction is begun.
    if ((await this.orm.em().count(TicketEntity, lapsed())) === 0) return undefined;
    return (await this.sweep()) === BATCH ? 0 : undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pump[Symbol.asyncDispose]();
  }
}
