import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const source = fileURLToPath(new URL("../../web/src", import.meta.url));
const styles = createRequire(join(source, "app/main.tsx"));

it("has the styles of every part of Mantine that a page uses", () => {
  const used = new Set<string>();
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!/\.tsx$/.test(entry.name)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
    for (const [, names = ""] of text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g))
      for (const name of names.split(",").map((one) => one.trim().split(" ")[0] ?? "")) used.add(name);
  }
  const there = ["first-controls.ts", "controls.ts"]
    .map((name) => readFileSync(join(source, "app/theme", name), "utf8"))
    .join("");
  const missing = [...used].filter((name) => hasStyles(name) && !there.includes(`/${name}.layer.css"`));
  expect(used.size).toBeGreaterThan(10);
  expect(missing, "import their styles in controls.ts").toEqual([]);
});

function hasStyles(name: string): boolean {
  try {
    return styles.resolve(`@mantine/core/styles/${name}.layer.css`) !== "";
  } catch {
    return false;
  }
}
