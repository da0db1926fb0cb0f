import { randomUUID } from "node:crypto";
import type { Random } from "@onrecord/core/testing/random";
import type { Sql } from "../database.js";

/** A firm at one time. */
export interface Firm {
  /** Null: there was no such account. */
  readonly users: Readonly<
    Record<string, { active: boolean; roles: string[]; departments: string[] } | null>
  >;
  /** Of each resource, itself and what it stood in, from below; empty: it was not there. */
  readonly resources: Readonly<Record<string, { id: string; labels: string[] }[]>>;
}

const FIRM = "00000000-0000-7000-8000-000000000001";

interface State {
  users: Record<string, { active: boolean; department: string | null; roles: string[] }>;
  roles: Record<string, string>;
  departments: Record<string, { name: string; parent: string | null }>;
  resources: Record<string, { parent: string | null; labels: string[] }>;
}

/** Who was what and what stood where, changed by chance in the database and remembered here in the plainest way. */
export class FirmModel {
  #state: State = {
    users: {},
    roles: {},
    departments: {},
    resources: { [FIRM]: { parent: null, labels: [] } },
  };

  constructor(private readonly random: Random) {}

  copy(): State {
    return structuredClone(this.#state);
  }

  become(state: State): void {
    this.#state = state;
  }

  told(): Firm {
    const { users, roles, departments, resources } = structuredClone(this.#state);
    const upwards = (id: string | null): string[] =>
      id === null ? [] : [departments[id]!.name, ...upwards(departments[id]!.parent)];
    const path = (id: string | null): { id: string; labels: string[] }[] =>
      id === null ? [] : [{ id, labels: resources[id]!.labels }, ...path(resources[id]!.parent)];
    return {
      users: Object.fromEntries(
        Object.entries(users).map(([id, { active, department, roles: held }]) => [
          id,
          { active, roles: held.map((role) => roles[role]!).sort(), departments: upwards(department) },
        ]),
      ),
      resources: Object.fromEntries(Object.keys(resources).map((id) => [id, path(id)])),
    };
  }

  /** One change, here and there. */
  async change(sql: Sql): Promise<void> {
    const { random } = this;
    const state = this.#state;
    const [user, role, department] = [state.users, state.roles, state.departments].map((of) => {
      const ids = Object.keys(of);
      return ids.length === 0 ? null : random.pick(ids);
    });
    const id = randomUUID();
    switch (random.below(9)) {
      case 0:
        state.users[id] = { active: true, department: department ?? null, roles: [] };
        await sql.query(
          "insert into identity.user (id, email, name, kind, department_id, created_at) values ($1::uuid, $1::uuid::text, 'N', 'EMPLOYEE', $2, now())",
          [id, department],
        );
        return;
      case 1:
        state.roles[id] = id;
        await sql.query("insert into identity.role (id, name) values ($1::uuid, $1::uuid::text)", [id]);
        return;
      case 2:
        // Below one that is there already, so that none is below itself.
        state.departments[id] = { name: random.word(), parent: department ?? null };
        await sql.query("insert into identity.department (id, name, parent_id) values ($1, $2, $3)", [
          id,
          state.departments[id].name,
          department,
        ]);
        return;
      case 3:
        if (!user) return;
        Object.assign(state.users[user]!, { active: random.chance(0.5), department: department ?? null });
        await sql.query(
          "update identity.user set active = $2, department_id = $3, password_hash = $4 where id = $1",
          [user, state.users[user]!.active, department, random.word()],
        );
        return;
      case 4:
        if (!user || !role) return;
        return this.#turnRole(sql, user, role);
      case 5:
        if (!role) return;
        state.roles[role] = `${random.word()} ${id}`;
        await sql.query("update identity.role set name = $2 where id = $1", [role, state.roles[role]]);
        return;
      case 6:
        if (!department) return;
        state.departments[department]!.name = random.word();
        await sql.query("update identity.department set name = $2 where id = $1", [
          department,
          state.departments[department]!.name,
        ]);
        return;
      case 7: {
        const parent = random.pick(Object.keys(state.resources));
        state.resources[id] = { parent, labels: [] };
        await sql.query("insert into permissions.resource (id, parent_id, kind) values ($1, $2, 'FOLDER')", [
          id,
          parent,
        ]);
        return;
      }
      default:
        return this.#move(sql);
    }
  }

  async #turnRole(sql: Sql, user: string, role: string): Promise<void> {
    const held = this.#state.users[user]!.roles;
    if (held.includes(role)) {
      this.#state.users[user]!.roles = held.filter((one) => one !== role);
      await sql.query("delete from identity.user_role where user_id = $1 and role_id = $2", [user, role]);
    } else {
      held.push(role);
      await sql.query("insert into identity.user_role (user_id, role_id) values ($1, $2)", [user, role]);
    }
  }

  /** Puts a folder into one that is not below it, with other labels. */
  async #move(sql: Sql): Promise<void> {
    const { resources } = this.#state;
    const id = this.random.pick(Object.keys(resources));
    if (id === FIRM) return;
    const isBelow = (one: string | null): boolean =>
      one !== null && (one === id || isBelow(resources[one]!.parent));
    const parent = this.random.pick(Object.keys(resources).filter((one) => !isBelow(one)));
    const labels = this.random.chance(0.5) ? [this.random.word()] : [];
    resources[id] = { parent, labels };
    await sql.query("update permissions.resource set parent_id = $2, labels = $3 where id = $1", [
      id,
      parent,
      labels,
    ]);
  }
}
