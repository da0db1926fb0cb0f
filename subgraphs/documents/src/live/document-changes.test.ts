import { Edits } from "@onrecord/history/edit/edits";
import { History } from "@onrecord/history/store/history";
import { concludeChange } from "@onrecord/policy/change";
import type { Principal } from "@onrecord/policy/principal";
import { follow } from "@onrecord/testing/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asCaller, World } from "../testing/world.js";
import { documentChanges } from "./document-changes.js";

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world[Symbol.asyncDispose]());

interface Changed {
  documentChanged: { number: number; author: { id: string } | null; auditEntry: { id: string } };
}
const changes = (who: Principal | null, id: string) =>
  follow<Changed>(
    world.subgraph,
    asCaller(who),
    `subscription { documentChanged(documentId: "${id}") { documentId number at bytes author { id } auditEntry { id } } }`,
  );
const made = async () => {
  const { manager, folderId } = await world.manager();
  return { manager, folderId, id: await world.document(manager, folderId) };
};

describe("documentChanged", () => {
  it("misses and repeats nothing while many nodes write at once", async () => {
    const { manager, id } = await made();
    await world.type(id, "before");
    const stream = await changes(manager, id);
    const other = await world.context.another();
    const remote = new Edits(other, new History(other));
    const writers = [world.edits, remote, world.edits, remote];
    const each = 15;
    const writing = Promise.all(
      writers.map(async (edits, writer) => {
        for (let i = 0; i < each; i++) await world.type(id, `${writer}`, manager.userId, edits);
      }),
    );
    const numbers: number[] = [];
    for await (const { data, codes } of stream) {
      expect(codes).toEqual([]);
      expect(data.documentChanged.author).toEqual({ id: manager.userId });
      numbers.push(data.documentChanged.number);
      if (numbers.length === writers.length * each) break;
    }
    await writing;
    expect(numbers).toEqual(Array.from({ length: writers.length * each }, (_, i) => i + 2));
  });

  it("passes on nothing that was committed after the right to see it ended, and ends with FORBIDDEN", async () => {
    const { folderId, id } = await made();
    const analyst = await world.person();
    const grant = await world.grant(folderId, analyst.userId, "VIEW");
    const stream = await changes(analyst, id);
    await world.type(id, "seen");
    expect((await stream.next()).value).toMatchObject({ data: { documentChanged: { number: 1 } } });
    // The revocation is committed and no hint is heard: the very next version must find it all the same.
    await world.db.transaction(async (tx) => {
      await tx.query("update permissions.grant set revoked_at = now() where id = $1", [grant]);
    });
    await world.type(id, "not seen");
    expect(await ending(stream)).toBe("FORBIDDEN");
  });

  it("ends at once when the right goes while nothing happens", async () => {
    const { folderId, id } = await made();
    const analyst = await world.person();
    const grant = await world.grant(folderId, analyst.userId, "VIEW");
    const stream = await changes(analyst, id);
    const end = ending(stream);
    await world.revoke(grant);
    expect(await end).toBe("FORBIDDEN");
  });

  it("goes on through changes that leave the right in place", async () => {
    const { manager, folderId, id } = await made();
    const stream = await changes(manager, id);
    await world.grant(folderId, (await world.person()).userId, "EDIT");
    await world.type(id, "x");
    expect((await stream.next()).value).toMatchObject({ data: { documentChanged: { number: 1 } } });
    await stream.return();
  });

  it("ends with the grant's own time, and with the session", async () => {
    const { manager, folderId, id } = await made();
    const guest = await world.person({ kind: "GUEST" });
    await world.grant(folderId, guest.userId, "VIEW", new Date(Date.now() + 1500));
    expect(await ending(await changes(guest, id))).toBe("FORBIDDEN");

    const end = ending(await changes(manager, id));
    await world.db.transaction(async (tx) => {
      await tx.query("update identity.session set ended_at = now() where id = $1", [manager.sessionId]);
      await concludeChange(tx, world.context.bus);
    });
    expect(await end).toBe("UNAUTHENTICATED");
  });

  it("is refused to a stranger, on the record, and to nobody", async () => {
    const { id } = await made();
    const stranger = await world.person();
    expect(await ending(await changes(stranger, id))).toBe("NOT_FOUND");
    expect((await world.entries(id)).at(-1)).toMatchObject({
      action: "access.denied",
      actor_id: stranger.userId,
    });
    expect(await ending(await changes(null, id))).toBe("UNAUTHENTICATED");
  });

  it("lets go of the bus when its reader goes, waiting or not yet begun", async () => {
    const { manager, id } = await made();
    const { bus } = world.context;
    const heard = new Set<() => void>();
    const subscribe = bus.subscribe.bind(bus);
    bus.subscribe = (topic, handler) => {
      const end = subscribe(topic, handler);
      heard.add(end);
      return () => {
        heard.delete(end);
        end();
      };
    };
    const stream = () => documentChanges(world.subgraph.context(asCaller(manager)), id);
    const unbegun = await stream();
    const waiting = await stream();
    const pending = waiting.next();
    expect(heard.size).toBeGreaterThan(0);
    await Promise.all([unbegun.return?.(), waiting.return?.()]);
    expect((await pending).done).toBe(true);
    expect(heard.size).toBe(0);
    bus.subscribe = subscribe;
  });
});

/** The code that a stream ends with, however its carrier tells it. */
async function ending(stream: AsyncGenerator<{ codes: readonly unknown[] }, void, void>): Promise<unknown> {
  try {
    const { value } = await stream.next();
    return value?.codes[0];
  } catch (error) {
    return (error as { code?: string }).code;
  }
}
