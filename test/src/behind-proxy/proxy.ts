import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@onrecord/core/testing/free-port";

/** The host name in the sample files. */
export const HOST = "filings.example.com";
export type ProxyKind = "nginx" | "caddy";

/** Where Debian puts servers, whatever the PATH says. */
const USUAL = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"];

/** The path of a program; undefined on a machine without it. */
export function findProgram(name: ProxyKind | "openssl"): string | undefined {
  const { PATH = "" } = process.env;
  return [...PATH.split(delimiter), ...USUAL].map((dir) => join(dir, name)).find(existsSync);
}

/** A real nginx or Caddy with the sample file of `deploy/`. */
export interface RunningProxy extends AsyncDisposable {
  /** What people are behind of: the port of TLS on 127.0.0.1, for `HOST`. */
  readonly port: number;
  readonly httpPort: number;
  /** The certificate that proves it. */
  readonly ca: Buffer;
  /** All that it has logged so far, wherever. */
  logged(): Promise<string>;
}

/** Ports of the sample files → those of a test. */
export type Ports = ReadonlyMap<number, number>;

/** The ports of the services in the sample files. */
export const samplePorts = {
  gateway: [4000, 4001],
  collab: [4010, 4011],
  identity: [4020, 4021],
  permissions: [4030, 4031],
  documents: [4040, 4041],
  audit: [4050, 4051],
  inside: [4100],
} as const;

/** Starts one with its sample file, in which only ports and paths are replaced. What it says goes into the error of a start that fails. */
export async function startProxy(kind: ProxyKind, program: string, ports: Ports): Promise<RunningProxy> {
  await using starting = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "onrecord-proxy-"));
  starting.defer(() => rm(dir, { recursive: true, force: true }));
  await makeCertificate(dir);
  const [port, httpPort, adminPort] = [await freePort(), await freePort(), await freePort()];
  const sample = await readFile(
    new URL(
      `../../../deploy/${kind === "nginx" ? "nginx/onrecord.conf" : "caddy/Caddyfile"}`,
      import.meta.url,
    ),
    "utf8",
  );
  const own = { port, httpPort, adminPort };
  const text = withServices(withPaths(kind, sample, dir, own), ports);
  const file = join(dir, "sample.conf");
  await writeFile(file, text);
  const command = kind === "nginx" ? await nginx(dir, file) : caddy(file);
  const child = spawn(program, command, {
    env: { PATH: process.env.PATH ?? "", HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (more: string) => {
    said += more;
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  starting.defer(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  while (!(await answers(httpPort))) {
    if (child.exitCode !== null) throw new Error(`${kind} ended with ${child.exitCode}: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const ca = await readFile(join(dir, "tls.crt"));
  const logged = async () => {
    const files = (await readdir(dir)).filter((name) => name.endsWith(".log"));
    return [said, ...(await Promise.all(files.map((name) => readFile(join(dir, name), "utf8"))))].join("\n");
  };
  const owned = starting.move();
  return { port, httpPort, ca, logged, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Replaces what must be there. */
function put(text: string, from: string | RegExp, to: string): string {
  const changed = text.replaceAll(from, to);
  if (changed === text) throw new Error(`the sample file has no ${String(from)}`);
  return changed;
}

function withPaths(
  kind: ProxyKind,
  sample: string,
  dir: string,
  { port, httpPort, adminPort }: Readonly<Record<"port" | "httpPort" | "adminPort", number>>,
): string {
  const text = put(sample, "/etc/onrecord/", `${dir}/`);
  if (kind === "nginx") {
    const listening = put(text, "listen 443 ", `listen 127.0.0.1:${port} `);
    return put(put(listening, "listen 80;", `listen 127.0.0.1:${httpPort};`), "/var/log/nginx/", `${dir}/`);
  }
  const listening = put(
    put(text, "http_port 80\n", `http_port ${httpPort}\n`),
    "https_port 443",
    `https_port ${port}`,
  );
  return put(listening, "127.0.0.1:2019", `127.0.0.1:${adminPort}`);
}

function withServices(text: string, ports: Ports): string {
  return text.replace(/(127\.0\.0\.1|http:\/\/):(4\d\d\d)\b/g, (_, host: string, sample: string) => {
    const port = ports.get(Number(sample));
    if (port === undefined) throw new Error(`no port is given for the sample's ${sample}`);
    return `${host}:${port}`;
  });
}

/** What Debian's nginx.conf would have around the sample; one process, since this is a test. */
async function nginx(dir: string, sample: string): Promise<string[]> {
  const bodies = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${dir}/${name};`,
  );
  const file = join(dir, "nginx.conf");
  await writeFile(
    file,
    `daemon off; master_process off; pid ${dir}/pid; error_log stderr; events {}\nhttp { ${bodies.join(" ")} include ${sample}; }\n`,
  );
  return ["-e", "stderr", "-p", dir, "-c", file];
}

function caddy(sample: string): string[] {
  return ["run", "--adapter", "caddyfile", "--config", sample];
}

async function makeCertificate(dir: string): Promise<void> {
  const openssl = findProgram("openssl");
  if (openssl === undefined) throw new Error("there is no openssl to make a certificate with");
  const key = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-keyout",
    join(dir, "tls.key"),
  ];
  const names = ["-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`];
  await promisify(execFile)(openssl, [
    "req",
    "-x509",
    "-days",
    "2",
    ...key,
    ...names,
    "-out",
    join(dir, "tls.crt"),
  ]);
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`, { redirect: "manual" }).then(
    () => true,
    () => false,
  );
}
