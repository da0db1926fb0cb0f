import { type AppContext, createContext, onLogin } from "@onrecord/context/context";
import { type TestContext, testContext } from "@onrecord/context/testing/context";
import { loginNames, readConfig } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let context: TestContext;
beforeAll(async () => {
  context = await testContext();
});
afterAll(() => context[Symbol.asyncDispose]());

const whoIs = async ({ db }: AppContext) =>
  (await db.query<{ who: string }>("select current_user::text as who"))[0]?.who;

describe("a process", () => {
  it.each(loginNames)("gives %s its own role and its own connections", async (login) => {
    const service = onLogin(context, login);
    const before = context.db.statements;
    expect(await whoIs(service)).toBe(`onrecord_${login}`);
    expect(service.db).not.toBe(context.db);
    expect(onLogin(context, login).db).toBe(service.db);
    // What a request costs is asked of the process.
    expect(context.db.statements).toBe(before + 1);
  });

  it("keeps what a service was given besides, and puts its entries on the record under its login", async () => {
    const config = { ...context.config, port: 4711 };
    const service = onLogin({ ...context, config }, "audit");
    expect(service.config).toBe(config);
    const { ledger } = onLogin(context, "audit");
    const by = { actorKind: "SYSTEM", actorId: null, sessionId: null, requestId: "r", from: null } as const;
    const id = await ledger.record({ action: "key.retired", by, object: null, detail: { keyId: "k" } });
    expect(await service.db.query("select from audit.entry where id = $1", [id])).toHaveLength(1);
    await expect(
      onLogin(context, "gateway").db.query("select from audit.entry where id = $1", [id]),
    ).rejects.toMatchObject({ code: "42501" });
  });

  it("takes the login that a service is given, and has no other where it is given one alone", async () => {
    const as = async (role: string) => {
      await onLogin(context, "operator").db.query(`alter role ${role} login password 'of a test'`);
      const url = new URL(context.env.DATABASE_ADMIN_URL);
      [url.username, url.password] = [role, "of a test"];
      return url.href;
    };
    const open = async (env: Record<string, string>) => {
      const { config, secrets } = readConfig({ ONRECORD_DATA: context.env.ONRECORD_DATA, ...env });
      return createContext(config, secrets, createLogger("silent"));
    };
    await using several = await open({
      DATABASE_URL: await as("onrecord_gateway"),
      DATABASE_URL_AUDIT: await as("onrecord_audit"),
    });
    expect(await whoIs(onLogin(several, "audit"))).toBe("onrecord_audit");
    expect(await whoIs(onLogin(several, "gateway"))).toBe("onrecord_gateway");
    expect(onLogin(several, "documents").db).toBe(several.db);
    await using owner = await open({ DATABASE_URL: context.env.DATABASE_ADMIN_URL });
    expect(await whoIs(owner)).toBe("onrecord_app");
    expect(await whoIs(onLogin(owner, "collab"))).toBe("onrecord_collab");
    expect(await whoIs(onLogin(owner, "operator"))).toBe("onrecord_owner");
  });

  it("serves with a service's rights alone, whatever its logins could do", async () => {
    const { DATABASE_ADMIN_URL: superuser, ONRECORD_DATA } = context.env;
    const { config, secrets } = readConfig({
      ONRECORD_DATA,
      DATABASE_URL: superuser,
      DATABASE_ADMIN_URL: superuser,
      DATABASE_URL_AUDIT: superuser.replace("127.0.0.1", "localhost"),
    });
    await using process = await createContext(config, secrets, createLogger("silent"));
    expect(await whoIs(process)).toBe("onrecord_app");
    expect(await whoIs(onLogin(process, "audit"))).toBe("onrecord_audit");
    expect(await whoIs(onLogin(process, "collab"))).toBe("onrecord_collab");
  });
});
