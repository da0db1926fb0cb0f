/** The two ways to put Yjs messages into WebSocket frames. */
export type WireName = "y-websocket" | "hocuspocus";

/** Where and how editors connect. */
export interface Address {
  readonly wire: WireName;
  /** A y-websocket server takes the document's name behind it. */
  readonly url: string;
  /** Whether clients ask to be told what is durable; only Onrecord tells it. */
  readonly acks?: boolean;
}

/** A running server, as the load generator sees it. */
export interface Target extends Address {
  /** The process whose tree is the server. */
  readonly pid: number;
  readonly documents: readonly string[];
  /** Clients take them in turn. */
  readonly tokens: readonly string[];
  /** Where a server that keeps nothing looks for the state of a document; absent when it records what it is sent. */
  readonly stateDir: string | undefined;
  /** The connection string of the server's database, where it has one. */
  readonly database: string | undefined;
}

/** How long and how large; the same for every server. */
export interface Settings {
  /** Length of the measured window, in seconds. */
  readonly seconds: number;
  /** Time under load before it, in seconds. */
  readonly warmup: number;
  /** Multiplies the number of clients and documents; results of anything but 1 are no results. */
  readonly scale: number;
  /** Edits or moves that one client sends ahead of their receipt. */
  readonly window: number;
  readonly seed: number;
  /** Directory of the editing traces. */
  readonly traces: string;
}

/** What the load process is asked to do. */
export interface Job {
  readonly workload: string;
  readonly step: "seed" | "run";
  readonly target: Target;
  readonly settings: Settings;
}

/** Measured values by name; the workload says what each means. */
export type Numbers = Readonly<Record<string, number>>;

/** What a run came to. A run whose clients do not end with the same content is a failure, never a number. */
export type Outcome =
  | { readonly ok: true; readonly numbers: Numbers }
  | { readonly ok: false; readonly failure: string };

/** A count of clients or documents at the chosen scale. */
export function scaled(count: number, { scale }: Settings, least = 1): number {
  return Math.max(least, Math.round(count * scale));
}
