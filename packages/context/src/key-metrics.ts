import type { Keyring, ServiceHealth } from "@onrecord/keys/keyring";
import { observeGauge, observeTotal, type Sample } from "@onrecord/telemetry/observed";
import type { Registry } from "prom-client";

/** How the key services serve this process; nothing where keys are in a file. */
export function keyMetrics(metrics: Registry, keys: Pick<Keyring, "health">): void {
  const each = (read: (health: Readonly<ServiceHealth>) => readonly Sample[]) => () =>
    [...keys.health].flatMap(([provider, health]) =>
      read(health).map(([labels, value]): Sample => [{ provider, ...labels }, value]),
    );
  observeGauge(metrics, {
    name: "onrecord_key_service_up",
    help: "1 when a key service did what it was asked last, 0 when it did not answer or refused; the one that wraps is tried every minute",
    labels: ["provider"],
    read: each(({ up }) => (up === undefined ? [] : [[{}, up ? 1 : 0]])),
  });
  observeGauge(metrics, {
    name: "onrecord_key_service_last_success_timestamp_seconds",
    help: "when a key service last did what it was asked, in seconds since the epoch",
    labels: ["provider"],
    read: each(({ lastSuccess }) => (lastSuccess === undefined ? [] : [[{}, lastSuccess / 1000]])),
  });
  observeTotal(metrics, {
    name: "onrecord_key_service_failures_total",
    help: "times that a key service did not answer, after three attempts (away), or said no (refused)",
    labels: ["provider", "kind"],
    read: each(({ failures }) => Object.entries(failures).map(([kind, count]): Sample => [{ kind }, count])),
  });
}
