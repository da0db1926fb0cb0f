import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Node, startNode } from "./node.js";
import { metricsIn } from "./testing/promql.js";
import { type Scrape, scrape } from "./testing/scrape.js";

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string) => readFileSync(fileOf(path), "utf8");
const rules = read("deploy/prometheus/onrecord.rules.yml");
const runbook = read("docs/watching.md");

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}
const dashboard = JSON.parse(read("deploy/grafana/onrecord.json")) as {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
};

let context: TestContext;
let node: Node;
let shown: Scrape;
/** Prometheus's own, of what it scrapes. */
const foreign = ["up"];

beforeAll(async () => {
  context = await testContext({ PORT: "0" });
  node = await startNode(context);
  shown = await scrape(node.url);
});
afterAll(() => node?.[Symbol.asyncDispose]());

const unknown = (expression: string) =>
  metricsIn(expression).filter((name) => !shown.names.has(name) && !foreign.includes(name));

describe("metricsIn", () => {
  it("finds the metrics of an expression, and nothing else", () => {
    const expression =
      'histogram_quantile(0.99, sum by (le, job) (rate(a_bucket{x=~"b_total|c"}[5m]))) > 5 * avg_over_time(d[1d:5m] offset 1w) and on (job) e unless ignoring (x) f';
    expect(metricsIn(expression)).toEqual(["a_bucket", "d", "e", "f"]);
  });
});

describe("the dashboard", () => {
  const targets = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map((one) => ({ title, ...one })),
  );

  it("asks only for metrics that there are", () => {
    expect(targets.length).toBeGreaterThan(40);
    for (const { title, expr } of targets) expect([title, unknown(expr)]).toEqual([title, []]);
    for (const { definition } of dashboard.templating.list)
      if (definition) expect(shown.names.has(/label_values\((\w+)/.exec(definition)![1]!)).toBe(true);
  });

  it("is one that Grafana can show: panels have ids and places of their own", () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const places = new Set<string>();
    for (const { title, type, description, gridPos, targets: asked = [] } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, places.has(`${x} ${y}`)]).toEqual([title, false]);
          places.add(`${x} ${y}`);
        }
      if (type === "row") continue;
      expect([title, asked.length > 0, (description ?? "").length > 10]).toEqual([title, true, true]);
      expect(new Set(asked.map(({ refId }) => refId)).size).toBe(asked.length);
    }
  });
});

describe("the rules", () => {
  const alerts = [...rules.matchAll(/- alert: (\w+)\n\s+expr: (.+)\n/g)].map(([, name = "", expr = ""]) => ({
    name,
    expr,
  }));

  it("ask only for metrics that there are", () => {
    expect(alerts).toHaveLength(rules.match(/- alert:/g)!.length);
    for (const { name, expr } of alerts) expect([name, unknown(expr)]).toEqual([name, []]);
  });

  it("say what to do, each in a section of the runbook", () => {
    const sections = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title);
    const told = [
      ...rules.matchAll(/- alert: (\w+)(?:(?!- alert:)[\s\S])*?runbook: docs\/watching\.md#(\w+)/g),
    ];
    expect(told.map(([, name]) => name)).toEqual(alerts.map(({ name }) => name));
    for (const [, name = "", anchor] of told)
      expect([anchor, sections.includes(name)]).toEqual([name.toLowerCase(), true]);
  });
});

it("has every metric of ours in the operators' table, and no other there", () => {
  const table = new Set([...runbook.matchAll(/^\| `(onrecord_\w+)`/gm)].map(([, name = ""]) => name));
  const ours = [...shown.text.matchAll(/^# TYPE (onrecord_\w+) /gm)]
    .map(([, name = ""]) => name)
    .filter((name) => !/^onrecord_(process|nodejs)_/.test(name));
  const traces = ["onrecord_trace_spans_total", "onrecord_trace_spans_waiting"];
  expect([...table].sort()).toEqual([...ours, ...traces].sort());
});

const promtool = spawnSync("promtool", ["--version"]).status === 0;
describe.skipIf(!promtool)(
  "promtool (skipped where it is not installed: Debian's package prometheus has it)",
  () => {
    it("has nothing to say against our metrics", async () => {
      const { text } = await scrape(node.url);
      const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
        input: text,
        encoding: "utf8",
      });
      expect([status, stdout, stderr]).toEqual([0, "", ""]);
    });

    it("takes our rules, and they tell of what they should", () => {
      execFileSync("promtool", ["check", "rules", fileOf("deploy/prometheus/onrecord.rules.yml")]);
      execFileSync("promtool", ["test", "rules", fileOf("deploy/prometheus/onrecord.rules.test.yml")]);
    });
  },
);
