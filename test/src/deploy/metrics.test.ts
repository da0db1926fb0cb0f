import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { file, root } from "./files.js";

interface Scrape {
  readonly job_name: string;
  readonly authorization?: { readonly credentials_file: string };
}

const documented = readdirSync(`${root}docs`)
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) =>
    [...file(`docs/${name}`).matchAll(/^```yaml\n(scrape_configs:\n[^`]*)^```$/gm)].map(
      ([, text = ""]) => [name, (parse(text) as { scrape_configs: Scrape[] }).scrape_configs] as const,
    ),
  );

it.each(documented)(
  "%s scrapes as the job that the rules want, with the token without which others get 403",
  (_name, jobs) => {
    const [, job] = /up\{job="([^"]+)"\}/.exec(file("deploy/prometheus/onrecord.rules.yml"))!;
    for (const { job_name, authorization } of jobs) {
      expect(job_name).toBe(job);
      expect(authorization?.credentials_file).toMatch(/^\//);
    }
  },
);

it("is looked at in each page that shows how", () => {
  expect(documented.map(([name]) => name).sort()).toEqual(["behind-a-proxy.md", "watching.md"]);
});
