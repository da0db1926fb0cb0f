import { type FirstNode, testNode } from "@onrecord/bus/testing/test-node";
import { newId } from "@onrecord/core/ids";
import { until } from "@onrecord/core/testing/until";
import { usualBounds } from "@onrecord/postgres/bounds";
import { Database } from "@onrecord/postgres/database";
import { SilentProxy } from "@onrecord/postgres/testing/silent-proxy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Owed } from "./backlog.js";
import { type By, bySystem, Ledger } from "./ledger.js";

let node: FirstNode;
let proxy: SilentProxy;
let db: Database;
let ledger: Ledger;
let lost: Owed[];
const resources: AsyncDisposable[] = [];

beforeEach(async () => {
  node = await testNode();
  proxy = await SilentProxy.before(node.appUrl);
  const bounds = { ...usualBounds, answerMs: 2000, statementMs: 2000, connectMs: 4000 };
  db = new Database(proxy.through(node.appUrl), { log: node.log, bounds });
  lost = [];
  ledger = new Ledger(db, node.bus, {
    failed: () => undefined,
    lost: (owed) => void lost.push(owed),
    uncounted: () => undefined,
  });
  resources.push(node, db, proxy);
});
afterEach(async () => {
  for (const resource of resources.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});

const stranger = (): By => ({
  actorKind: "ANONYMOUS",
  actorId: null,
  sessionId: null,
  requestId: newId(),
  from: { ip: "192.0.2.1", userAgent: null },
});
const closing = (id: string) =>
  ({
    action: "document.closed",
    by: bySystem(newId()),
    object: { kind: "DOCUMENT", id },
    detail: { version: 3, code: 1001 },
  }) as const;
const refusal = () =>
  ({
    action: "session.refused",
    by: stranger(),
    object: null,
    detail: { reason: "missing", door: "/collab" },
  }) as const;
const recorded = () =>
  node.db.query<{ action: string; object_id: string | null; detail: Record<string, unknown> }>(
    "select action, object_id, detail from audit.entry order by txid, id",
  );

describe("what has happened and cannot be recorded", { timeout: 60_000 }, () => {
  it("is recorded once, when the database is back, and says how late", async () => {
    const documents = Array.from({ length: 20 }, newId);
    await ledger.recordLater(closing(documents[0]!));
    proxy.silence("up", "down");
    await Promise.all([
      ...documents.slice(1).map((id) => ledger.recordLater(closing(id))),
      ledger.refuse(refusal()),
    ]);
    expect(ledger.owed).toBe(20);
    proxy.heal();
    await until(() => ledger.owed === 0, "what is owed to be recorded");
    const entries = await recorded();
    expect(entries.map(({ object_id }) => object_id)).toEqual([...documents, null]);
    expect(entries[0]!.detail).toEqual({ version: 3, code: 1001 });
    for (const { detail } of entries.slice(1)) expect(detail.late).toBeGreaterThan(0);
    expect(lost).toEqual([]);
  });

  it("stands on the record once where only the answer was swallowed", async () => {
    const [first, second] = [newId(), newId()];
    await ledger.recordLater(closing(first));
    proxy.watch = (line, direction, piece) => {
      if (direction === "up" && piece.includes("commit\0")) line.mute("down");
    };
    await ledger.recordLater(closing(second));
    proxy.watch = () => undefined;
    await until(() => ledger.owed === 0, "what is owed to be recorded");
    expect((await recorded()).map(({ object_id }) => object_id)).toEqual([first, second]);
  });

  it("is told, each, where the process ends before; what was counted of strangers with its count", async () => {
    const id = newId();
    await ledger.refuse(refusal());
    for (let n = 0; n < 3; n++) await ledger.refuse(refusal());
    proxy.silence("up", "down");
    await ledger.recordLater(closing(id));
    const underWay = ledger.recordLater(closing(id));
    await ledger.settle();
    await underWay;
    const told = lost.map(({ entry }) => [entry.action, entry.detail]);
    expect(told.toSorted()).toEqual([
      ["document.closed", { version: 3, code: 1001 }],
      ["document.closed", { version: 3, code: 1001 }],
      ["session.refused", { reason: "missing", door: "/collab", count: 3 }],
    ]);
  });

  it("does not wait for what can never be recorded", async () => {
    const [first, second] = [newId(), newId()];
    proxy.silence("up", "down");
    await ledger.recordLater({ ...closing(first), object: { kind: "DOCUMENT", id: "no id" } });
    await ledger.recordLater(closing(second));
    proxy.heal();
    await until(() => ledger.owed === 0, "what is owed to be recorded");
    expect((await recorded()).map(({ object_id }) => object_id)).toEqual([second]);
    expect(lost).toHaveLength(1);
  });
});
