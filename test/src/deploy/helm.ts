import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parse as render } from "@evertdespiegeleer/go-template";
import { Ajv } from "ajv";
import { parse, parseAllDocuments } from "yaml";
import { file, root } from "./files.js";

const chart = "deploy/helm/onrecord";

/** A Kubernetes object as a chart makes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { name: string; labels: Record<string, string>; annotations?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: its shape is what is tested.
  readonly spec: any;
}

type Values = Record<string, unknown>;
const valid = new Ajv({ allErrors: true, strict: false }).compile(
  JSON.parse(file(`${chart}/values.schema.json`)),
);

/** The files of values that the chart is tried with. */
export const samples = readdirSync(join(root, chart, "ci")).map((name) => name.replace(".yaml", ""));

export function valuesOf(sample: string): Values {
  return parse(file(`${chart}/ci/${sample}.yaml`)) as Values;
}

/**
 * What Helm makes of the chart, done by Go's own template engine: values are merged, held against the chart's schema (an error names
 * each fault), and given to each template. The chart uses none of the functions that Helm adds. More strictly than Helm, a value that is
 * not there is an error. `edit` changes a template's text first.
 */
export async function renderChart(
  values: Values,
  edit: (text: string) => string = (text) => text,
): Promise<{ objects: Manifest[]; notes: string }> {
  const merged = merge(parse(file(`${chart}/values.yaml`)) as Values, values);
  if (!valid(merged))
    throw new Error(
      valid.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join("; "),
    );
  const { name, version, appVersion } = parse(file(`${chart}/Chart.yaml`)) as Record<string, string>;
  const given = {
    Values: merged,
    Chart: { Name: name, Version: version, AppVersion: appVersion },
    Release: { Name: "firm", Namespace: "filings", Service: "Helm" },
  };
  const templates = readdirSync(join(root, chart, "templates"));
  const settings = templates.filter((it) => it.startsWith("_")).map((it) => file(`${chart}/templates/${it}`));
  const made = new Map<string, string>();
  for (const template of templates.filter((it) => !it.startsWith("_")))
    made.set(
      template,
      await render(edit([...settings, file(`${chart}/templates/${template}`)].join("")), given),
    );
  const objects = [...made].flatMap(([template, text]) =>
    template === "NOTES.txt"
      ? []
      : parseAllDocuments(text, { strict: true, uniqueKeys: true }).flatMap((it) => {
          if (it.errors.length > 0) throw new Error(`${template}: ${it.errors[0]?.message}`);
          return (it.toJS() as Manifest | null) ?? [];
        }),
  );
  return { objects, notes: made.get("NOTES.txt") ?? "" };
}

/** As Helm merges: objects by key, everything else whole; what is set to null is taken away. */
function merge(under: Values, over: Values): Values {
  const isObject = (it: unknown): it is Values => typeof it === "object" && it !== null && !Array.isArray(it);
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  return Object.fromEntries(
    keys.flatMap((key) => {
      const [a, b] = [under[key], over[key]];
      if (b === null) return [];
      return [[key, isObject(a) && isObject(b) ? merge(a, b) : b === undefined ? a : b]];
    }),
  );
}
