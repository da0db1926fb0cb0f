import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { file, root } from "./files.js";

const exec = promisify(execFile);
const all = readdirSync(join(root, "deploy/systemd")).filter((name) => /\.(service|target)$/.test(name));
/** The most that a unit may be exposed, in tenths of systemd's points: none is 0, a unit without any hardening 96. */
const EXPOSURE = 15;

let dir: string;
let present = true;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "onrecord-units-"));
  present = await exec("systemd-analyze", ["--version"]).then(
    () => true,
    () => false,
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What systemd says of the units, with a program that is on every machine in the place of ours; `edit` plants something first. */
async function verify(edit: (text: string) => string = (text) => text): Promise<string> {
  for (const name of all)
    writeFileSync(
      join(dir, name),
      edit(file(`deploy/systemd/${name}`).replace("/opt/onrecord/bin/onrecord", "/bin/true")),
    );
  const units = all.map((name) => join(dir, name.replace("@", "@gateway")));
  writeFileSync(
    join(dir, "onrecord@gateway.service"),
    edit(file("deploy/systemd/onrecord@.service").replace("/opt/onrecord/bin/onrecord", "/bin/true")),
  );
  const { stdout, stderr } = await exec("systemd-analyze", ["verify", "--man=no", ...units], {
    env: { ...process.env, SYSTEMD_UNIT_PATH: `${dir}:` },
  }).catch((error: { stdout: string; stderr: string }) => error);
  // What else is wrong on this machine is not ours.
  return `${stdout}${stderr}`
    .split("\n")
    .filter((line) => line.includes("onrecord"))
    .join("\n");
}

describe("the units", () => {
  it("are understood by systemd, and what is not is found", async (test) => {
    if (!present) return test.skip("no systemd-analyze on this machine: the units are NOT verified");
    expect(await verify()).toBe("");
    expect(await verify((text) => text.replace("ProtectSystem=strict", "ProtectSystem=strickt"))).toContain(
      "strickt",
    );
    expect(await verify((text) => text.replace("[Service]\n", "[Service]\nRestrat=always\n"))).toContain(
      "Restrat",
    );
  });

  it("leave little that a taken-over process may do", async (test) => {
    if (!present) return test.skip("no systemd-analyze on this machine: the units' hardening is NOT tested");
    for (const name of all.filter((it) => it.endsWith(".service"))) {
      const judge = (threshold: number) =>
        exec("systemd-analyze", [
          "security",
          "--offline=yes",
          `--threshold=${threshold}`,
          join(root, "deploy/systemd", name),
        ]);
      await judge(EXPOSURE);
      await expect(judge(5)).rejects.toThrow();
    }
  });

  it("take settings from the sample, which tells every setting of the README, and none else", async () => {
    await exec(process.execPath, [join(root, "scripts/env-sample.mjs"), "--check"]);
    const names = [...file("deploy/systemd/onrecord.env").matchAll(/^#?([A-Z_]+)=/gm)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(
      expect.arrayContaining(["DATABASE_URL", "ONRECORD_KEYS", "ONRECORD_MAX_ROOMS", "DATABASE_URL_AUDIT"]),
    );
  });
});
