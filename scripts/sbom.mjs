import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Failure, main } from "./failure.mjs";
import { environment, prepare, root } from "./prepare.mjs";
import { shippedPackages } from "./shipped-packages.mjs";

/**
 * `npm run sbom [-- <file>]`: writes what an installation is made of, as CycloneDX: the packages of the command and of the page, with
 * versions, licences and hashes, by npm from the lock file. The same lock file gives the same bytes.
 */
await main(async () => {
  const node = await prepare();
  const to = resolve(process.argv[2] ?? join(root, "dist", "onrecord.cdx.json"));
  const args = ["sbom", "--sbom-format=cyclonedx", "--sbom-type=application", "--package-lock-only"];
  const { stdout, status } = spawnSync("npm", args, {
    cwd: root,
    env: environment(node),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Failure("npm could not write the bill of materials.");
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, `${JSON.stringify(shipped(JSON.parse(stdout), lock), null, 2)}\n`);
  process.stdout.write(`${to}\n`);
});

function shipped(all, lock) {
  const refs = new Set(
    shippedPackages(lock, ["cli", "web"]).map((path) => {
      const { name = path.split("node_modules/").at(-1), version } = lock.packages[path];
      return `${name}@${version}`;
    }),
  );
  const components = all.components.filter((it) => refs.has(it["bom-ref"]));
  const missing = [...refs].filter((ref) => !components.some((it) => it["bom-ref"] === ref));
  if (missing.length > 0) throw new Failure(`npm's bill of materials lacks ${missing.join(", ")}.`);
  const { "bom-ref": product, version } = all.metadata.component;
  const dependencies = all.dependencies
    .filter(({ ref }) => refs.has(ref) || ref === product)
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((it) => refs.has(it)).sort() }));
  // When and by which run it was made is not part of what it tells. What it is called follows from what it holds.
  const { timestamp: _, ...metadata } = all.metadata;
  metadata.component = { ...metadata.component, name: "onrecord" };
  const digest = createHash("sha256")
    .update(JSON.stringify([version, components, dependencies]))
    .digest("hex");
  const serialNumber = `urn:uuid:${[digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`, digest.slice(20, 32)].join("-")}`;
  return { ...all, serialNumber, metadata, components, dependencies };
}
