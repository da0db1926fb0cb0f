import { isIP } from "node:net";

/** Which names this server answers for. */
export interface HostConfig {
  /** Where it listens: an address, or a name of this machine. */
  readonly host: string;
  /** The address that people use. */
  readonly publicUrl?: string | undefined;
  /** Further names, without ports. */
  readonly allowedHosts: readonly string[];
}

/** A name or an address as a `Host` header has it, perhaps with a port. */
const HOST = /^(?:\[(?<v6>[0-9a-f:.]{2,45})\]|(?<name>[a-z0-9_](?:[a-z0-9._-]{0,252})))(?::\d{1,5})?$/i;

/** The name in a `Host` header, in lower case, without port, brackets and last dot; null: it is none. */
export function hostName(header: string): string | null {
  const { v6, name } = HOST.exec(header)?.groups ?? {};
  if (v6 !== undefined) return isIP(v6) === 6 ? v6.toLowerCase() : null;
  return name?.toLowerCase().replace(/\.$/, "") ?? null;
}

/**
 * The names under which requests are taken. A page of another site can be served under a name that its owner points at this server a
 * moment later (DNS rebinding); its requests then come from visitors' browsers and carry that name. Ports do not matter: they name nobody.
 */
export class KnownHosts {
  readonly #names: ReadonlySet<string>;
  readonly #anyAddress: boolean;

  constructor({ host, publicUrl, allowedHosts }: HostConfig) {
    const names = [host, ...allowedHosts, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])];
    this.#names = new Set(names.map((name) => name.toLowerCase().replace(/^\[|\]$|\.$/g, "")));
    // Where nobody has said what people use, the server can be reached by its addresses: those cannot be pointed elsewhere.
    this.#anyAddress = publicUrl === undefined;
  }

  /** Whether a `Host` header names this server. This machine's own names always do: no page of another site is served under them. */
  has(header: string): boolean {
    const name = hostName(header);
    if (name === null) return false;
    return this.#names.has(name) || isLoopback(name) || (this.#anyAddress && isIP(name) !== 0);
  }
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}
