import type { Logger } from "@onrecord/core/log";
import { Counter, type Registry } from "prom-client";
import type { Disbelief } from "./visitors.js";

/** Peers that are told apart: whoever sends such headers from many addresses must not fill the log or the metrics. */
const PEERS = 10;
/** What stands for all peers beyond them. */
const OTHERS = "others";

export const DISBELIEVED_METRIC = "onrecord_http_forwarded_disbelieved_total";

const sentences: Readonly<Record<Disbelief, string>> = {
  "untrusted-peer":
    "headers that say for whom a request was forwarded came from a peer that is not trusted; if that is a proxy of yours, name it in ONRECORD_TRUSTED_PROXIES",
  contradiction:
    "a trusted proxy passes on Forwarded and X-Forwarded-For that tell different addresses; let it set one of them and remove the other",
};

/** Counts forwarded headers that were not believed, and writes a line for the first of each peer: most often a proxy was forgotten. */
export function tellDisbelief(log: Logger, registry: Registry): (peer: string, why: Disbelief) => void {
  const counter = new Counter({
    name: DISBELIEVED_METRIC,
    help: "Requests whose Forwarded or X-Forwarded-For was not believed, by peer (the first ten) and reason",
    labelNames: ["peer", "reason"],
    registers: [registry],
  });
  const known = new Set<string>();
  return (peer, reason) => {
    const name = known.has(peer) || known.size < PEERS ? peer : OTHERS;
    counter.inc({ peer: name, reason });
    if (known.has(name)) return;
    known.add(name);
    log.warn({ peer, reason }, sentences[reason]);
  };
}
