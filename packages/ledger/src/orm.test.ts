import { defineEntity, p } from "@mikro-orm/postgresql";
import type { Bus } from "@onrecord/bus/bus";
import { testNode } from "@onrecord/bus/testing/test-node";
import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { Database } from "@onrecord/postgres/database";
import { type Orm, openOrm, unitOfWork } from "@onrecord/postgres/orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bySystem, Ledger } from "./ledger.js";

const Department = defineEntity({
  name: "Department",
  tableName: "department",
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    parent: () => p.manyToOne(Department).nullable().fieldName("parent_id"),
  },
});
const Person = defineEntity({
  name: "Person",
  tableName: "user",
  properties: {
    id: p.uuid().primary(),
    email: p.text(),
    name: p.text(),
    kind: p.text(),
    department: () => p.manyToOne(Department).ref().nullable().fieldName("department_id"),
    active: p.boolean(),
    createdAt: p.datetime().fieldName("created_at"),
    expiresAt: p.datetime().fieldName("expires_at").nullable(),
  },
});

const log = createLogger("silent");
const resources = new AsyncDisposableStack();
let db: Database;
let orm: Orm;
let ledger: Ledger;
let bus: Bus;
let url: string;
const hints: string[][] = [];

beforeAll(async () => {
  const node = resources.use(await testNode());
  ({ bus, db } = node);
  url = node.appUrl;
  bus.subscribe("entries.appended", ({ actions }) => hints.push(actions));
  ledger = new Ledger(db, bus);
  orm = resources.use(await openOrm({ db, log, schema: "identity", entities: [Department, Person] }));
});
afterAll(() => resources.disposeAsync());

const entry = (id: string) =>
  ({
    action: "folder.created",
    by: bySystem("request-1"),
    object: { kind: "FOLDER", id },
    detail: { parentId: null },
  }) as const;
const count = async (id: string) => {
  const [departments] = await db.query<{ n: number }>(
    "select count(*) as n from identity.department where id = $1",
    [id],
  );
  const [entries] = await db.query<{ n: number }>(
    "select count(*) as n from audit.entry where object_id::text = $1",
    [id],
  );
  return { departments: departments?.n, entries: entries?.n };
};

describe("a transaction of the ORM", () => {
  it("commits entities and their entry together, and hints only afterwards", async () => {
    const id = newId();
    const inside = await db.transaction(async (tx) => {
      const em = unitOfWork(orm.em(), tx);
      em.create(Department, { id, name: "Dealing" });
      await ledger.append(tx, entry(id));
      return { hints: hints.length, ...(await count(id)) };
    });
    expect(inside).toEqual({ hints: 0, departments: 0, entries: 0 });
    expect(await count(id)).toEqual({ departments: 1, entries: 1 });
    expect(hints).toEqual([["folder.created"]]);
  });

  it("leaves neither row and no hint when it throws after the append", async () => {
    const id = newId();
    const before = hints.length;
    const work = db.transaction(async (tx) => {
      const em = unitOfWork(orm.em(), tx);
      em.create(Department, { id, name: "Risk" });
      await em.flush();
      await ledger.append(tx, entry(id));
      throw new Error("second thoughts");
    });
    await expect(work).rejects.toThrow("second thoughts");
    expect(await count(id)).toEqual({ departments: 0, entries: 0 });
    expect(hints.length).toBe(before);
  });

  it("leaves no entry when the flush before the commit fails", async () => {
    const id = newId();
    const before = hints.length;
    const work = db.transaction(async (tx) => {
      const em = unitOfWork(orm.em(), tx);
      await ledger.append(tx, entry(id));
      em.create(Department, { id, name: "Orphan", parent: em.getReference(Department, newId()) });
    });
    await expect(work).rejects.toThrow(/foreign key/);
    expect(await count(id)).toEqual({ departments: 0, entries: 0 });
    expect(hints.length).toBe(before);
  });

  it("counts as committed although an effect failed, and runs the other effects", async () => {
    const id = newId();
    const ran: string[] = [];
    const result = await db.transaction(async (tx) => {
      unitOfWork(orm.em(), tx).create(Department, { id, name: "Settlement" });
      tx.onCommit(() => {
        throw new Error("effect");
      });
      tx.onCommit(() => ran.push("second"));
      return "kept";
    });
    expect(result).toBe("kept");
    expect(ran).toEqual(["second"]);
    expect((await count(id)).departments).toBe(1);
  });

  it("is not called committed when a statement of the ORM failed and nobody said so", async () => {
    const id = newId();
    const work = db.transaction(async (tx) => {
      const em = unitOfWork(orm.em(), tx);
      await em.insert(Department, { id, name: "Legal" });
      await em.insert(Department, { id, name: "Legal again" }).catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject({ code: "INTERNAL" });
    expect((await count(id)).departments).toBe(0);
  });

  it("has stored where its actor comes from before it begins, and needs one connection", async () => {
    await using single = new Database(url, { log, max: 1 });
    const from = { ip: "192.0.2.99", userAgent: "one connection" };
    const by = { ...bySystem("request-2"), from };
    const stored = await new Ledger(single, bus).transaction(by, async (tx) => {
      const rows = await tx.query("select 1 from audit.origin where user_agent = $1", [from.userAgent]);
      await tx.append({ action: "folder.created", object: null, detail: { parentId: null } });
      return rows.length;
    });
    expect(stored).toBe(1);
  });

  it("refuses to nest", async () => {
    await expect(db.transaction(async (tx) => unitOfWork(unitOfWork(orm.em(), tx), tx))).rejects.toThrow(
      TypeError,
    );
  });
});

describe("the ORM on the platform's pool", () => {
  it("reads what it wrote, dates included", async () => {
    const id = newId();
    const at = new Date("2026-01-02T03:04:05.678Z");
    await db.transaction(async (tx) => {
      const em = unitOfWork(orm.em(), tx);
      em.create(Person, {
        id,
        email: `${id}@x.test`,
        name: "A",
        kind: "GUEST",
        active: true,
        createdAt: at,
        expiresAt: at,
      });
    });
    const read = await orm.em().findOneOrFail(Person, { id });
    expect(read.createdAt).toEqual(at);
    expect(read.active).toBe(true);
  });

  it("loads the relations of fifty rows in one statement", async () => {
    const department = newId();
    const createdAt = new Date();
    const person = (i: number) => ({
      id: newId(),
      email: `${i}@many.test`,
      name: `${i}`,
      kind: "EMPLOYEE",
      active: true,
    });
    await db.transaction(async (tx) => {
      const em = unitOfWork(orm.em(), tx);
      const many = em.create(Department, { id: department, name: "Many" });
      for (let i = 0; i < 50; i++) em.create(Person, { ...person(i), createdAt, department: many });
    });
    const before = db.statements;
    const people = await orm.em().find(Person, { department });
    const loaded = await Promise.all(people.map((one) => one.department?.load()));
    expect(loaded.map((one) => one?.name)).toEqual(Array(50).fill("Many"));
    expect(db.statements - before).toBe(2);
  });

  it("leaves the pool open when it closes", async () => {
    const other = await openOrm({ db, log, schema: "identity", entities: [Department] });
    await other.em().find(Department, {});
    await other[Symbol.asyncDispose]();
    expect(await db.query("select 1 as one")).toEqual([{ one: 1 }]);
    expect(await orm.em().count(Department)).toBeGreaterThan(0);
  });
});
