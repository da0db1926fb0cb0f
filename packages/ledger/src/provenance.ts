import { createHash, randomBytes } from "node:crypto";
import { BatchQueue } from "@onrecord/core/batch-queue";
import { newId } from "@onrecord/core/ids";
import { keepable } from "@onrecord/core/text";
import type { Sql } from "@onrecord/postgres/database";
import { isUnavailable } from "@onrecord/postgres/unavailable";
import canonicalize from "canonicalize";

/** Where a request came from, and who it claimed to be when nobody could be proven. Personal: it may be shredded. */
export interface ProvenanceFacts {
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** The e-mail address of a refused sign-in. */
  readonly claimed?: string;
}

/** A stored origin: entries carry the id to find it and the commitment to prove it. */
export interface Provenance {
  readonly id: string;
  /** Hex. */
  readonly commitment: string;
}

/** SHA-256(salt ‖ RFC 8785 JSON of the facts), hex. Without the salt the facts cannot be guessed from it. */
export function commitProvenance(salt: Uint8Array, facts: ProvenanceFacts): string {
  const text = canonicalize({ ip: facts.ip, userAgent: facts.userAgent, claimed: facts.claimed ?? null });
  return createHash("sha256")
    .update(salt)
    .update(text ?? "")
    .digest("hex");
}

/** Longest user agent and claimed name kept, in characters: what a client sends is not bounded by itself. */
const KEPT = 512;

/** What can be kept: a refused sign-in must not escape the record by a NUL in its name. */
function storable(text: string): string {
  return keepable(text.slice(0, KEPT));
}

/** An origin on its way into the store. */
interface Origin extends Provenance {
  readonly salt: Buffer;
  readonly facts: ProvenanceFacts;
}

/** Remembers the origins of this process, so that a thousand requests of one browser share one row. */
export class Provenances {
  readonly #known = new Map<string, Promise<Provenance>>();
  readonly #queue = new BatchQueue<Origin, Provenance>((origins) => this.#store(origins), isUnavailable);

  constructor(
    private readonly sql: Sql,
    private readonly capacity = 10_000,
  ) {}

  /** Finds or stores an origin. It is stored before the entry that names it, in its own transaction: alone it says nothing. */
  of(given: ProvenanceFacts): Promise<Provenance> {
    const facts: ProvenanceFacts = {
      ip: given.ip,
      userAgent: given.userAgent === null ? null : storable(given.userAgent),
      ...(given.claimed === undefined ? {} : { claimed: storable(given.claimed) }),
    };
    const key = JSON.stringify([facts.ip, facts.userAgent, facts.claimed]);
    let origin = this.#known.get(key);
    if (!origin) {
      origin = this.#add(facts);
      this.#known.set(key, origin);
      origin.catch(() => this.#known.delete(key));
      const oldest = this.#known.keys().next().value;
      if (this.#known.size > this.capacity && oldest !== undefined) this.#known.delete(oldest);
    }
    return origin;
  }

  #add(facts: ProvenanceFacts): Promise<Provenance> {
    const salt = randomBytes(16);
    return this.#queue.add({ id: newId(), salt, commitment: commitProvenance(salt, facts), facts });
  }

  async #store(origins: readonly Origin[]): Promise<Provenance[]> {
    await this.sql.query(
      `insert into audit.origin (id, salt, commitment, ip, user_agent, claimed)
       select id, salt, decode(commitment, 'hex'), ip, user_agent, claimed
       from unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[])
         as o (id, salt, commitment, ip, user_agent, claimed)`,
      [
        origins.map(({ id }) => id),
        origins.map(({ salt }) => salt),
        origins.map(({ commitment }) => commitment),
        origins.map(({ facts }) => facts.ip),
        origins.map(({ facts }) => facts.userAgent),
        origins.map(({ facts }) => facts.claimed ?? null),
      ],
    );
    return origins.map(({ id, commitment }) => ({ id, commitment }));
  }
}
