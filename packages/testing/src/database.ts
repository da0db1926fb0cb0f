import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AppContext, createContext } from "@onrecord/context/context";
import { readConfig } from "@onrecord/core/config";
import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { authenticate, type Caller, hashToken, type Principal } from "@onrecord/policy/principal";
import type { Sql } from "@onrecord/postgres/database";
import { startEmbeddedPostgres } from "@onrecord/postgres/embedded/embedded";
import { executeOn } from "@onrecord/subgraph/execute";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { type ExecutionResult, parse } from "graphql";

/** The context of a process on a database of its own; `another` is that of a further process on the same database. */
export interface TestContext extends AppContext {
  /** The environment of a process of its own on the same database and keys. */
  readonly env: Readonly<Record<string, string>>;
  another(): Promise<AppContext>;
}

/** Starts an empty, migrated Postgres that forgets everything when the context is disposed of. `env` is as of a process. */
export async function testContext(env: Readonly<Record<string, string>> = {}): Promise<TestContext> {
  await using resources = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "onrecord-test-"));
  // As root, Postgres runs as another user, who must be able to enter.
  await chmod(dataDir, 0o755);
  resources.defer(() => rm(dataDir, { recursive: true, force: true }));
  const log = createLogger(env.LOG_LEVEL ?? "silent");
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
  const postgres = resources.use(await startEmbeddedPostgres({ dataDir, log, settings }));
  const environment = {
    DATABASE_URL: postgres.appUrl,
    DATABASE_ADMIN_URL: postgres.adminUrl,
    ONRECORD_DATA: dataDir,
    ...env,
  };
  const { config, secrets } = readConfig(environment);
  const another = async () => resources.use(await createContext(config, secrets, log));
  const context = await another();
  const owned = resources.move();
  return {
    ...context,
    env: environment,
    another: async () => owned.use(await createContext(config, secrets, log)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What a person in a test is made of; everything has a default. */
export interface PersonFacts {
  readonly name?: string;
  readonly email?: string;
  readonly kind?: Principal["userKind"];
  readonly title?: string;
  readonly departmentId?: string;
  readonly roles?: readonly string[];
  readonly passwordHash?: string;
  readonly active?: boolean;
  /** Guests end in a month unless this says otherwise. */
  readonly expiresAt?: Date;
}

/** Stores a person with their roles and returns their id. */
export async function addPerson(sql: Sql, facts: PersonFacts = {}): Promise<string> {
  const id = newId();
  const guest = facts.kind === "GUEST" ? new Date(Date.now() + 30 * 86_400_000) : null;
  await sql.query(
    `insert into identity.user (id, email, name, kind, title, department_id, password_hash, active, expires_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())`,
    [
      id,
      facts.email ?? `${id}@example.test`,
      facts.name ?? "Somebody",
      facts.kind ?? "EMPLOYEE",
      facts.title ?? null,
      facts.departmentId ?? null,
      facts.passwordHash ?? null,
      facts.active ?? true,
      facts.expiresAt ?? guest,
    ],
  );
  for (const role of facts.roles ?? []) {
    await sql.query(
      `with named as (
         insert into identity.role (id, name) values ($2, $3) on conflict (name) do update set name = excluded.name returning id
       ) insert into identity.user_role (user_id, role_id) select $1, id from named`,
      [id, newId(), role],
    );
  }
  return id;
}

/** Opens a session for a person and proves it, as a request with its token would. */
export async function signedIn(sql: Sql, userId: string): Promise<Principal & { token: string }> {
  const token = randomBytes(32).toString("base64url");
  await sql.query(
    `insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at)
     values ($1, $2, $3, 'BROWSER', now(), now() + interval '12 hours')`,
    [newId(), hashToken(token), userId],
  );
  const principal = await authenticate(sql, token);
  if (principal === null) throw new TypeError(`${userId} could not sign in`);
  return { ...principal, token };
}

/** A request of a principal (null: of nobody), from an address of the documentation range. */
export function callerOf(principal: Principal | null, from: Partial<Caller["from"]> = {}): Caller {
  return { principal, requestId: newId(), from: { ip: "192.0.2.7", userAgent: "test", ...from } };
}

/** What an operation on a subgraph came to: its data, and the code of each error. */
export interface Answer<Data> {
  readonly data: Data;
  readonly codes: readonly unknown[];
  readonly errors: NonNullable<ExecutionResult["errors"]>;
}

/** Asks a subgraph in this process, the way the gateway does. */
export async function ask<Data = Record<string, never>>(
  subgraph: Subgraph,
  caller: Caller,
  text: string,
  variables?: Record<string, unknown>,
): Promise<Answer<Data>> {
  const request = { document: parse(text), variables, operationName: undefined, caller };
  const result = await executeOn(subgraph, request, createLogger("silent"));
  if (Symbol.asyncIterator in result) throw new TypeError("this is a subscription: use `follow`");
  return answer(result);
}

/** Follows a subscription of a subgraph in this process; a refusal to subscribe is the first and only answer. */
export async function follow<Data>(
  subgraph: Subgraph,
  caller: Caller,
  text: string,
  variables?: Record<string, unknown>,
): Promise<AsyncGenerator<Answer<Data>, void, void>> {
  const request = { document: parse(text), variables, operationName: undefined, caller };
  const result = await executeOn(subgraph, request, createLogger("silent"));
  return Symbol.asyncIterator in result ? answers(result) : refusal(result);
}

/** Not an async generator: that would let `return` wait for the event that `next` waits for. */
function answers<Data>(
  results: AsyncGenerator<ExecutionResult, void, void>,
): AsyncGenerator<Answer<Data>, void, void> {
  const stream: AsyncGenerator<Answer<Data>, void, void> = {
    async next() {
      const { done, value } = await results.next();
      return done ? { done, value: undefined } : { done: false, value: answer(value) };
    },
    return: async () => results.return() as Promise<IteratorReturnResult<void>>,
    throw: async (error) => results.throw(error) as Promise<IteratorReturnResult<void>>,
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: async () => void (await results.return()),
  };
  return stream;
}

async function* refusal<Data>(result: ExecutionResult): AsyncGenerator<Answer<Data>, void, void> {
  yield answer(result);
}

function answer<Data>({ data, errors = [] }: ExecutionResult): Answer<Data> {
  // As it arrives over the wire: dates are strings.
  return {
    data: JSON.parse(JSON.stringify(data ?? null)) as Data,
    errors,
    codes: errors.map(({ extensions }) => extensions.code),
  };
}
