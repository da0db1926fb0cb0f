import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { loginNames, readConfig } from "@onrecord/core/config";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { file, root } from "./files.js";
import { type Manifest, renderChart, samples, valuesOf } from "./helm.js";

const exec = promisify(execFile);

/** Holds an object against the schema that Kubernetes publishes for its kind; throws what is wrong. */
async function holdAgainstKubernetes(object: Manifest): Promise<void> {
  const module = (await import(
    /* @vite-ignore */ `kubernetes-models/${object.apiVersion}/${object.kind}`
  )) as Record<string, new (data: unknown) => { validate(): void }>;
  new module[object.kind]!(object).validate();
}

/**
 * What of these objects Kubernetes does not know, which its published schemas let pass: told by the compiler, since the types of the
 * same schemas name every field there is, at any depth. One sentence for each.
 */
async function unknownFields(objects: readonly Manifest[], dir: string): Promise<string[]> {
  const lines = objects.flatMap((object, i) => [
    `import type { I${object.kind} as K${i} } from "kubernetes-models/${object.apiVersion}/${object.kind}";`,
    `export const o${i}: K${i} = ${JSON.stringify(object)};`,
  ]);
  const path = join(dir, "objects.ts");
  await writeFile(path, lines.join("\n"));
  const flags = [
    "--ignoreConfig",
    "--noEmit",
    "--skipLibCheck",
    "--strict",
    "--module",
    "nodenext",
    "--types",
    "",
  ];
  return exec(join(root, "node_modules/.bin/tsc"), [...flags, path]).then(
    () => [],
    ({ stdout }: { stdout: string }) =>
      stdout
        .trim()
        .split("\n")
        .map((line) => line.replace(/^.*error /, "")),
  );
}

const ofOperator = (it: Manifest) => it.apiVersion.startsWith("monitoring.coreos.com/");
/** Secrets that come as files of a pod, which are not here. */
const NO_FILES = Object.fromEntries(
  [
    "DATABASE_PASSWORD",
    "ONRECORD_SERVICE_SECRET",
    "ONRECORD_METRICS_TOKEN",
    "OTEL_EXPORTER_OTLP_HEADERS",
  ].map((name) => [`${name}_FILE`, ""]),
);
const workloads = (objects: readonly Manifest[]) =>
  objects.filter(({ kind }) => kind === "Deployment" || kind === "Job");
const environmentOf = ({ spec }: Manifest): Record<string, string> =>
  Object.fromEntries(
    spec.template.spec.containers[0].env.map(({ name, value }: { name: string; value: string }) => [
      name,
      value,
    ]),
  );
const settingsOf = ({ spec }: Manifest): string[] =>
  spec.template.spec.containers[0].env.map(({ name }: { name: string }) => name);
const secretsOf = ({ spec }: Manifest): string[] =>
  spec.template.spec.volumes
    .find(({ name }: { name: string }) => name === "secrets")
    .secret.items.map(({ path }: { path: string }) => path);

describe.each(samples)("the chart with the values of ci/%s.yaml", (sample) => {
  it("makes objects that Kubernetes takes, each with a name of its own", async () => {
    const { objects, notes } = await renderChart(valuesOf(sample));
    for (const object of objects.filter((it) => !ofOperator(it))) await holdAgainstKubernetes(object);
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(notes).toContain("Onrecord 0.1.0 is at https://filings.example.com");
    expect(JSON.stringify(objects)).not.toContain("no value");
  });

  it("starts nothing as root, unbounded, with a token of Kubernetes, or on a file system that it may change", async () => {
    for (const { spec, kind } of workloads((await renderChart(valuesOf(sample))).objects)) {
      const pod = spec.template.spec;
      const [container] = pod.containers;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(container.resources).toMatchObject({
        limits: { memory: expect.any(String) },
        requests: { cpu: expect.any(String) },
      });
      if (kind === "Job") continue;
      expect(container.livenessProbe.httpGet.path).toBe("/healthz");
      expect(container.startupProbe.httpGet.path).toBe("/healthz");
      expect(container.readinessProbe.httpGet.path).toBe("/readyz");
    }
  });

  it("gives each process settings that it takes, and no secret that it does not need", async () => {
    const { objects } = await renderChart(valuesOf(sample));
    const passwords = new Set<string>([...loginNames, "database-owner"]);
    for (const workload of workloads(objects)) {
      const env = environmentOf(workload);
      expect(settingsOf(workload)).toEqual([...new Set(settingsOf(workload))]);
      const mounted = secretsOf(workload);
      for (const [name, path] of Object.entries(env))
        if (name.endsWith("_FILE") && path.startsWith("/secrets/"))
          expect(mounted).toContain(path.slice("/secrets/".length));
      const component = workload.spec.template.metadata.labels["app.kubernetes.io/component"];
      const own =
        component === "migrate"
          ? ["database-owner"]
          : valuesOf(sample).apart === false
            ? [...loginNames]
            : [component];
      expect(mounted.filter((it) => passwords.has(it)).sort()).toEqual(own.sort());
      // Files are read elsewhere; what is checked here is everything else.
      const { config, secrets } = readConfig(
        Object.fromEntries(
          Object.entries(env).filter(
            ([name]) =>
              !/_(PASSWORD|SECRET|TOKEN|HEADERS)(_[A-Z]+)?_FILE$/.test(name) ||
              name === "ONRECORD_VAULT_TOKEN_FILE",
          ),
        ),
      );
      expect(new URL(secrets.databaseUrl!).username).toBe(
        component === "migrate" ? "onrecord_owner" : `onrecord_${component}`,
      );
      expect(config.keys.provider).toBe(env.ONRECORD_KEYS);
    }
  });

  it("reaches its pods: services, budgets, policies and the way in choose some, by labels that they have", async () => {
    const { objects } = await renderChart(valuesOf(sample));
    const pods = objects
      .filter(({ kind }) => kind === "Deployment")
      .map(({ spec }) => spec.template.metadata.labels as object);
    const chosen = (labels: object) =>
      pods.filter((pod) => expect.objectContaining(labels).asymmetricMatch(pod)).length;
    for (const { kind, spec } of objects) {
      if (kind === "Service") expect(chosen(spec.selector)).toBe(1);
      if (kind === "Deployment" || kind === "PodDisruptionBudget")
        expect(chosen(spec.selector.matchLabels)).toBe(1);
      if (kind === "NetworkPolicy") expect(chosen(spec.podSelector.matchLabels)).toBeGreaterThan(0);
    }
    const services = objects.filter(({ kind }) => kind === "Service").map(({ metadata }) => metadata.name);
    for (const { kind, spec } of objects)
      if (kind === "Ingress") expect(services).toContain(spec.rules[0].http.paths[0].backend.service.name);
    for (const workload of workloads(objects))
      for (const [name, value] of Object.entries(environmentOf(workload)))
        if (/^(SUBGRAPH_.*|COLLAB)_URL$/.test(name)) expect(services).toContain(new URL(value).hostname);
  });
});

describe("the chart", () => {
  it("passes settings on that it has no value for: to every pod, and others to one service", async () => {
    const { objects } = await renderChart(valuesOf("apart-kms"));
    for (const workload of workloads(objects)) {
      const { config } = readConfig({ ...environmentOf(workload), ...NO_FILES });
      expect(config.tracing?.url).toContain("http://collector.monitoring:4318");
      const collab = workload.spec.template.metadata.labels["app.kubernetes.io/component"] === "collab";
      expect(config.limits.stopSeconds).toBe(collab ? 30 : 25);
      expect(workload.spec.template.spec.tolerations).toEqual(valuesOf("apart-kms").tolerations);
    }
  });

  it("has its metrics read: with a token that its pods know, as the job that the rules of Prometheus want", async () => {
    const { objects } = await renderChart(valuesOf("apart-kms"));
    const monitor = objects.find(({ kind }) => kind === "ServiceMonitor")!;
    const { name, key } = monitor.spec.endpoints[0].authorization.credentials;
    for (const workload of workloads(objects)) {
      const { secret } = workload.spec.template.spec.volumes.find(
        (it: { name: string }) => it.name === "secrets",
      );
      expect(secret.secretName).toBe(name);
      expect(environmentOf(workload).ONRECORD_METRICS_TOKEN_FILE).toBe(`/secrets/${key}`);
      expect(secretsOf(workload)).toContain(key);
    }
    const jobs = objects
      .filter(({ kind }) => kind === "Service")
      .map(({ metadata }) => metadata.labels[monitor.spec.jobLabel]);
    const [, job] = /up\{job="([^"]+)"\}/.exec(file("deploy/prometheus/onrecord.rules.yml"))!;
    expect(new Set(jobs)).toEqual(new Set([job]));
  });

  it("lets pods reach what gives credentials of AWS", async () => {
    const { objects } = await renderChart(valuesOf("apart-kms"));
    const policy = JSON.stringify(objects.filter(({ kind }) => kind === "NetworkPolicy"));
    for (const address of ["169.254.170.23/32", "169.254.169.254/32"]) expect(policy).toContain(address);
  });

  it("finds its Secret where the documentation makes one", async () => {
    const dir = await mkdtemp(join(tmpdir(), "onrecord-secrets-"));
    try {
      await exec(join(root, "deploy/compose/make-secrets.sh"), [join(dir, "secrets")]);
      const [, command = ""] = /^kubectl create secret generic onrecord ((?:.*\\\n)*.*)$/m.exec(
        file("docs/deploying.md"),
      )!;
      const made = [...command.matchAll(/--from-file=([\w-]+)=(\S+)/g)].map(([, key, path]) => {
        expect(existsSync(join(dir, path!)), path).toBe(true);
        return key!;
      });
      expect(command.replace(/--from-file=[\w-]+=\S+|\\\n/g, "").trim()).toBe("");
      const { objects } = await renderChart({
        ...valuesOf("apart-file"),
        nats: { url: "nats://onrecord@nats:4222" },
      });
      const wanted = new Set(workloads(objects).flatMap(secretsOf));
      expect(new Set(made)).toEqual(wanted);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});

describe("what the chart is held against", () => {
  it.each<[string, (text: string) => string]>([
    ["a count that is none", (text) => text.replace("replicas: {{ $it.replicas }}", "replicas: two")],
    ["a container without a name", (text) => text.replace("- name: onrecord\n", "- title: onrecord\n")],
    ["a port that is none", (text) => text.replace("containerPort: 4000", 'containerPort: "http"')],
  ])("finds %s", async (_what, edit) => {
    const check = async () => {
      for (const object of (await renderChart(valuesOf("apart-file"), edit)).objects)
        await holdAgainstKubernetes(object);
    };
    await expect(check()).rejects.toThrow();
  });

  it("knows every field, at any depth, and finds one that is misspelt", async () => {
    // Beside the tests, where the types are found.
    const dir = await mkdtemp(join(root, "test/src/deploy/.objects-"));
    try {
      const made = await Promise.all(samples.map((sample) => renderChart(valuesOf(sample))));
      const objects = made.flatMap((it) => it.objects).filter((it) => !ofOperator(it));
      expect(await unknownFields(objects, dir)).toEqual([]);
      const misspelt = await renderChart(valuesOf("apart-file"), (text) =>
        text.replace("failureThreshold: 60", "failureTreshold: 60"),
      );
      expect(await unknownFields(misspelt.objects, dir)).toContainEqual(
        expect.stringContaining("failureTreshold"),
      );
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it.each<[string, object, RegExp]>([
    ["no key", {}, /awsKms\/key/],
    ["a setting that is none", { replicas: 3 }, /additional properties/],
    [
      "a setting that another value makes",
      { env: { ONRECORD_PUBLIC_URL: "https://a.example" } },
      /env.*name/,
    ],
    ["a secret that is no secret", { env: { ONRECORD_METRICS_TOKEN: "sixteen-characters" } }, /env.*name/],
    [
      "metrics that nobody may read",
      { serviceMonitor: { enabled: true }, secretEnv: { ONRECORD_METRICS_TOKEN: null } },
      /property 'ONRECORD_METRICS_TOKEN'/,
    ],
    [
      "a password in an address",
      { keys: { provider: "file", file: { claim: "c" } }, nats: { url: "nats://a:b@c" } },
      /nats\/url/,
    ],
    [
      "memory that is none",
      { keys: { provider: "file", file: { claim: "c" } }, one: { limits: { memory: "much" } } },
      /limits\/memory/,
    ],
  ])("refuses values with %s", async (_what, values, fault) => {
    await expect(renderChart(values as Record<string, unknown>)).rejects.toThrow(fault);
  });

  it("is of the release that the repository is", () => {
    const { version } = JSON.parse(file("package.json")) as { version: string };
    const chart = parse(file("deploy/helm/onrecord/Chart.yaml")) as Record<string, string>;
    const values = parse(file("deploy/helm/onrecord/values.yaml")) as { image: { tag: string } };
    expect([chart.version, chart.appVersion, values.image.tag]).toEqual([version, version, version]);
  });
});
