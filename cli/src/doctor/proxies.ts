import { insideAddresses } from "@onrecord/core/address-ranges";
import type { Config, Secrets } from "@onrecord/core/config";
import { DISBELIEVED_METRIC } from "@onrecord/http/disbelief";
import { ownUrl } from "../client/own-url.js";
import type { Finding } from "./checks.js";

const check = "proxies";
/** Of a proxy that was forgotten come that many within minutes. A program or a stranger who sends such a header once needs no answer. */
const FORGOTTEN = 10;

/** Whether limits and the record see people, and not the proxy before us: by the configuration, and by what a running Onrecord has heard. */
export async function checkProxies(
  config: Pick<Config, "host" | "port" | "publicUrl" | "trustedProxies">,
  { metricsToken }: Pick<Secrets, "metricsToken">,
): Promise<Finding> {
  const { publicUrl, trustedProxies } = config;
  const heard = await disbelieved(ownUrl(config), metricsToken);
  const forgotten = heard.filter(
    ({ reason, peer, times }) => reason === "untrusted-peer" && isInside(peer) && times >= FORGOTTEN,
  );
  if (forgotten.length > 0)
    return bad(
      `${named(forgotten)} says for whom it forwards requests and is not believed: if that is your proxy, name it in ONRECORD_TRUSTED_PROXIES, or everybody is taken for one visitor`,
    );
  const contradicting = heard.filter(({ reason }) => reason === "contradiction");
  if (contradicting.length > 0)
    return bad(
      `${named(contradicting)} passes on Forwarded and X-Forwarded-For that tell different addresses: let it set one and remove the other`,
    );
  if (publicUrl?.startsWith("https:") && trustedProxies.length === 0)
    return bad(
      "ONRECORD_PUBLIC_URL is https:, so a proxy stands before Onrecord, and ONRECORD_TRUSTED_PROXIES names none: everybody is taken for one visitor",
    );
  const all = trustedProxies.find((range) => range.endsWith("/0"));
  if (all !== undefined)
    return bad(`ONRECORD_TRUSTED_PROXIES has ${all}: whoever reaches Onrecord can choose their address`);
  const text =
    trustedProxies.length === 0 ? "none; addresses are those of connections" : trustedProxies.join(", ");
  return { check, ok: true, text };
}

interface Heard {
  readonly peer: string;
  readonly reason: string;
  readonly times: number;
}

/** What an Onrecord that runs here has not believed; nothing where none runs, or its metrics are not ours to read. */
async function disbelieved(url: string, token: string | undefined): Promise<Heard[]> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const text = await fetch(`${url}/metrics`, { headers, signal: AbortSignal.timeout(3000) })
    .then((response) => (response.ok ? response.text() : ""))
    .catch(() => "");
  const lines = text.matchAll(
    new RegExp(`^${DISBELIEVED_METRIC}\\{peer="([^"]*)",reason="([^"]*)"\\} (\\S+)`, "gm"),
  );
  return [...lines].map(([, peer = "", reason = "", times]) => ({ peer, reason, times: Number(times) }));
}

/** Strangers send such headers too; a proxy of one's own mostly has an address inside. */
function isInside(peer: string): boolean {
  return peer !== "others" && insideAddresses.has(peer);
}

function named(heard: readonly Heard[]): string {
  return heard.map(({ peer }) => peer).join(", ");
}

function bad(text: string): Finding {
  return { check, ok: false, text };
}
