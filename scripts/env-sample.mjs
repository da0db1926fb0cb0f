import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "./failure.mjs";
import { root } from "./prepare.mjs";

const sample = join(root, "deploy", "systemd", "onrecord.env");

/** `npm run env-sample`: writes the sample of an environment file from the settings that README.md tells; `--check` only compares. */
await main(() => {
  const text = sampleOf(readFileSync(join(root, "README.md"), "utf8"));
  if (!process.argv.includes("--check")) return writeFileSync(sample, text);
  if (readFileSync(sample, "utf8") === text) return;
  process.stderr.write(
    "deploy/systemd/onrecord.env is not what README.md tells: run `npm run env-sample`.\n",
  );
  process.exitCode = 1;
});

function sampleOf(readme) {
  const lines = [
    "# Every setting of Onrecord with its meaning and default, for systemd (EnvironmentFile=) and alike. Made by `npm run env-sample`.",
    "# Secrets had better be files: see docs/deploying.md. Take away the # of what you set.",
    "",
    "NODE_ENV=production",
    "LOG_LEVEL=info",
    "",
  ];
  for (const [, names, meaning, fallback = "none"] of readme.matchAll(
    /^\| ((?:`[A-Z_…]+`(?:, )?)+) \| (.*?) \| (.*?) \|$/gm,
  )) {
    for (const line of wrapped(`${plain(meaning)}. Default: ${plain(fallback)}.`)) lines.push(`# ${line}`);
    for (const name of whole(names.match(/[A-Z_…]+/g))) lines.push(`#${name}=`);
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** `DATABASE_URL_IDENTITY`, `…_AUDIT`: the second is called as the first, but for its last word. */
function whole(names) {
  return names.map((name) => (name.startsWith("…") ? names[0].replace(/_[A-Z]+$/, name.slice(1)) : name));
}

function plain(markdown) {
  return markdown.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1").replaceAll("`", "");
}

function wrapped(text) {
  return text.match(/.{1,110}(?:\s|$)/g).map((line) => line.trim());
}
