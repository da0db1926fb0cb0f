import type { Config } from "@onrecord/core/config";

/** Where the Onrecord of this configuration answers on this machine. */
export function ownUrl({ host, port }: Pick<Config, "host" | "port">): string {
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
