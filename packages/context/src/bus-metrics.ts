import type { Bus } from "@onrecord/bus/bus";
import { observeGauge, observeTotal, type Sample } from "@onrecord/telemetry/observed";
import type { Registry } from "prom-client";

/** What the bus carried, and what it did not. */
export function busMetrics(metrics: Registry, bus: Bus): void {
  const { counts } = bus;
  observeGauge(metrics, {
    name: "onrecord_bus_connected",
    help: "1 while other nodes can be heard",
    read: () => Number(bus.ready()),
  });
  observeTotal(metrics, {
    name: "onrecord_bus_messages_total",
    help: "messages sent to other nodes and heard from them, by topic",
    labels: ["direction", "topic"],
    read: () =>
      [...counts.messages].map(([[direction = "", topic = ""], n]): Sample => [{ direction, topic }, n]),
  });
  observeTotal(metrics, {
    name: "onrecord_bus_refused_total",
    help: "messages that were not believed, by what was wrong with their seal: forged, old, or of another secret",
    labels: ["fault"],
    read: () => [...counts.refused].map(([[fault = ""], n]): Sample => [{ fault }, n]),
  });
  observeTotal(metrics, {
    name: "onrecord_bus_send_failures_total",
    help: "batches of messages that the transport did not take; they are hints, so they delay and lose nothing",
    read: () => counts.failed,
  });
  observeTotal(metrics, {
    name: "onrecord_bus_gaps_total",
    help: "times that the bus came back after messages may have been lost",
    read: () => counts.gaps,
  });
}
