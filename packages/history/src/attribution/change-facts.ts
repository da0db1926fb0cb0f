import type { Slices } from "@onrecord/core/lane";

/** What is known of a version besides its update. */
export interface ChangeFacts {
  readonly at: Date;
  readonly carrierId: string | null;
  /** It came in an answer to a sync, so its deletes need not be the carrier's own. */
  readonly relayed: boolean;
}

/** What is known of each version, as plain memory. */
export interface PackedFacts {
  /** Milliseconds since the epoch. */
  readonly at: Float64Array;
  /** Index into `carriers`. */
  readonly carrier: Uint32Array;
  readonly relayed: Uint8Array;
  readonly carriers: readonly (string | null)[];
}

/** Packs the facts of the versions from 1 on. */
export async function packFacts(facts: readonly ChangeFacts[], slices: Slices): Promise<PackedFacts> {
  const count = facts.length;
  const packed = {
    at: new Float64Array(count),
    carrier: new Uint32Array(count),
    relayed: new Uint8Array(count),
  };
  const carriers = new Map<string | null, number>();
  for (let i = 0; i < count; i++) {
    const { at, carrierId, relayed } = facts[i]!;
    const carrier = carriers.get(carrierId) ?? carriers.size;
    carriers.set(carrierId, carrier);
    packed.at[i] = at.getTime();
    packed.carrier[i] = carrier;
    packed.relayed[i] = Number(relayed);
    if (i % 4096 === 0 && slices.isOver) await slices.next();
  }
  return { ...packed, carriers: [...carriers.keys()] };
}

/** What was packed. */
export function unpackFacts({ at, carrier, relayed, carriers }: PackedFacts): ChangeFacts[] {
  return Array.from(at, (time, i) => ({
    at: new Date(time),
    carrierId: carriers[carrier[i]!] ?? null,
    relayed: relayed[i] === 1,
  }));
}
