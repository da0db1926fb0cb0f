import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { sealedVault, startVault } from "@onrecord/keys/testing/vault-stub";
import { until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./client/api.js";
import { firstEditableFolder } from "./client/editable-folder.js";
import { Command, newDataDir } from "./testing/command.js";
import { scrape } from "./testing/scrape.js";

interface Status {
  readonly keyId: string;
  readonly state: string;
  readonly documents: number;
}

let dataDir: string;
let env: Record<string, string>;
beforeAll(async () => {
  dataDir = await newDataDir();
  env = { ONRECORD_DATA: dataDir };
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const run = (...args: string[]) => Command.run(args, env).ended;
const list = async () => JSON.parse((await run("keys", "list", "--json")).stdout) as Status[];

describe("onrecord keys", { timeout: 240_000 }, () => {
  it("rotates under a running server, goes on after a SIGKILL, and forgets the old key; everything opens throughout", async () => {
    await using server = Command.run(["start"], env);
    const url = await server.ready();
    const api = new Api(url, (await run("token", "analyst1@demo.onrecord.test")).stdout.trim());
    const folderId = await firstEditableFolder(api);
    const create = async (title: string) =>
      (
        await api.ask<{ createDocument: { id: string } }>(
          "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
          { input: { folderId, title, kind: "TEXT" } },
        )
      ).createDocument.id;
    const open = (id: string) =>
      api.ask<{ document: { content: string } }>("query ($id: ID!) { document(id: $id) { content } }", {
        id,
      });
    const before = await create("Before");
    const [old] = await list();
    expect(old).toMatchObject({ state: "current" });

    await run("keys", "prepare");
    expect((await list()).map(({ state }) => state)).toEqual(["current", "next"]);
    await using rotating = Command.run(["keys", "rotate"], env);
    // Killed when the key file has changed, before or while documents follow.
    await until(
      async () => !(await readFile(join(dataDir, "keys.json"), "utf8")).includes('"next"'),
      "the new key to be in use",
    );
    await rotating.stop("SIGKILL");
    await open(before);
    const between = await create("Between");

    const again = await run("keys", "rotate", "--json");
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ failed: [] });
    // Had it got to its end before it was killed, this was another one, and there are two old keys.
    const status = await list();
    const olds = status.filter(({ state }) => state === "old");
    const current = status.find(({ state }) => state === "current");
    expect(olds.map(({ documents }) => documents)).toEqual(olds.map(() => 0));
    expect(olds.map(({ keyId }) => keyId)).toContain(old!.keyId);

    const refused = await run("keys", "retire", current!.keyId);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("rotate before you retire it"),
    ]);
    for (const { keyId } of olds) expect((await run("keys", "retire", keyId)).code).toBe(0);
    expect((await run("keys", "list")).stdout).toMatch(
      new RegExp(`^${current!.keyId}  current  \\d+ documents\\n$`),
    );
    const after = await create("After");
    for (const id of [before, between, after]) await open(id);
  });

  it("moves documents to a key service under a running server, which does not start while that is away", async () => {
    await using vault = await startVault();
    const told = { ...env, ...vault.env, ONRECORD_KEYS: "vault" };
    const as = (more: Record<string, string>, ...args: string[]) => Command.run(args, more).ended;
    // Documents whose keys are the file's.
    expect((await as({ ...env, ONRECORD_DEMO: "1" }, "migrate")).code).toBe(0);
    {
      await using server = Command.run(["start"], told);
      const url = await server.ready();
      const done = await as(told, "keys", "move", "--json");
      expect([done.code, JSON.parse(done.stdout)]).toMatchObject([
        0,
        { keyId: "vault:team/transit/onrecord:v1", failed: [] },
      ]);
      const keys = JSON.parse((await as(told, "keys", "list", "--json")).stdout) as Status[];
      expect(keys.filter(({ documents }) => documents > 0)).toEqual([
        { keyId: "vault:team/transit/onrecord:v1", state: "current", documents: expect.any(Number) },
      ]);
      // An operator whose environment says otherwise than the nodes' brings nothing back unasked.
      const unasked = await as({ ...told, ONRECORD_KEYS: "file" }, "keys", "rotate");
      expect([unasked.code, unasked.stderr]).toEqual([1, expect.stringContaining("onrecord keys move")]);
      const token = (await as(told, "token", "analyst1@demo.onrecord.test")).stdout.trim();
      const api = new Api(url, token);
      const asked = await api.ask<{ folders: { edges: { node: { documents: { edges: object[] } } }[] } }>(
        "{ folders { edges { node { documents { edges { node { content } } } } } } }",
        {},
      );
      expect(asked.folders.edges.flatMap(({ node }) => node.documents.edges)).not.toEqual([]);

      // A service that says no: plain words for users, its own for operators, in the log, in metrics and from the doctor.
      const wrapping = { provider: "vault" };
      expect((await scrape(url)).value("onrecord_key_service_up", wrapping)).toBe(1);
      const wellSaid = (await as(told, "doctor")).stdout;
      expect(wellSaid).toContain("ok   key service: vault wraps and opens");
      vault.always = { status: 403, json: { errors: ["permission denied"] } };
      const folderId = await firstEditableFolder(api);
      const response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({
          query: "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
          variables: { input: { folderId, title: "Refused", kind: "TEXT" } },
        }),
      });
      const { errors } = (await response.json()) as {
        errors: { message: string; extensions: { code: string; requestId: string } }[];
      };
      expect(errors).toMatchObject([
        {
          message: expect.stringMatching(/^Documents cannot be opened or made just now/),
          extensions: { code: "UNAVAILABLE" },
        },
      ]);
      expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|permission denied|vault/i);
      const { requestId } = errors[0]!.extensions;
      const why = /permission denied at team\/transit\/encrypt/;
      await until(
        () => server.stderr.split("\n").some((line) => line.includes(requestId) && why.test(line)),
        "the log to say why, with the request's id",
      );
      const now = await scrape(url);
      expect(now.value("onrecord_key_service_up", wrapping)).toBe(0);
      expect(now.value("onrecord_key_service_last_success_timestamp_seconds", wrapping)).toBeGreaterThan(0);
      expect(
        now.value("onrecord_key_service_failures_total", { ...wrapping, kind: "refused" }),
      ).toBeGreaterThan(0);
      const doctor = await as(told, "doctor");
      expect([doctor.code, doctor.stdout]).toEqual([
        1,
        expect.stringMatching(/^BAD {2}key service: .*permission denied/m),
      ]);
      vault.always = undefined;
    }
    vault.always = sealedVault;
    const away = await as(told, "start");
    expect([away.code, away.stderr]).toEqual([
      1,
      expect.stringMatching(/key service does not answer.*Vault is sealed/),
    ]);
  });
});
