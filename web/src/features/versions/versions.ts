import { DocumentVersionsDocument } from "@onrecord/schema/generated";
import type { Client } from "urql";
import { type Problem, problemOf } from "../../api/problem.js";
import type { LineState } from "../../api/use-follow.js";
import type { CollabSession } from "../../collab/collab-session.js";
import { Paced } from "../../ui/paced.js";
import type { VersionRow } from "./group-versions.js";
import { addCommitted, addNewest, addOlder, unread, type VersionWindow } from "./version-window.js";

const PAGE = 100;
/** The head is known from the editing connection before the subscription tells of it; after this long it was missed. */
const MISSED_MS = 2_000;
const GAP_MS = 300;
/** While people type, the list grows this often: a row that changes with each keystroke cannot be read or clicked. */
const GROWS_MS = 1_000;

/** What is known of the versions at one moment. */
export interface ToldVersions {
  readonly window: VersionWindow;
  readonly state: "loading" | "ready" | Problem;
  readonly line: LineState;
}

/** A document's versions as far as they were read, kept up to date; who shows them is told, and nobody else renders. */
export class Versions {
  #window: VersionWindow = unread;
  #state: ToldVersions["state"] = "loading";
  #line: LineState = "off";
  #told: ToldVersions = { window: unread, state: "loading", line: "off" };
  #reading = false;
  #alarm: ReturnType<typeof setTimeout> | undefined;
  /** Counts the reads of the newest page: only the last one's answer is taken. */
  #read = 0;
  readonly #listeners = new Set<() => void>();
  readonly #paced = new Paced(() => this.#tell(), GROWS_MS);

  constructor(
    private readonly client: Client,
    private readonly documentId: string,
    private readonly session: CollabSession,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** A new object after every change that was told. */
  readonly told = (): ToldVersions => this.#told;

  /** Reads the newest, and looks out for what was missed, until the returned function is called. */
  readonly open = (): (() => void) => {
    this.reload();
    const leave = this.session.subscribe(() => this.#lookForMissed());
    return () => {
      leave();
      this.#read++;
      clearTimeout(this.#alarm);
      this.#alarm = undefined;
      this.#paced.stop();
    };
  };

  readonly reload = (): void => {
    const mine = ++this.#read;
    void this.#page(null).then((found) => {
      if (mine !== this.#read) return;
      this.#state = "kind" in found ? found : "ready";
      if (!("kind" in found)) {
        const [head] = found.page;
        if (head) this.session.headIs(head.number, head.at);
        this.#window = addNewest(this.#window, found.page, found.before);
      }
      this.#paced.now();
      this.#lookForMissed();
    });
  };

  /** Versions were committed, as the subscription tells. */
  arrived(versions: readonly VersionRow[]): void {
    const newest = versions.at(-1);
    if (newest) this.session.headIs(newest.number, newest.at);
    this.#window = addCommitted(this.#window, versions);
    this.#paced.soon();
    this.#lookForMissed();
  }

  lineIs(line: LineState): void {
    this.#line = line;
    this.#paced.now();
  }

  /** Lays a change made on this page (a name) over the list at once. */
  readonly put = (version: VersionRow): void => {
    this.#window = addCommitted(this.#window, [version]);
    this.#paced.now();
  };

  readonly loadOlder = async (): Promise<void> => {
    const { before } = this.#window;
    if (this.#reading || before === null) return;
    this.#reading = true;
    const found = await this.#page(before);
    this.#reading = false;
    if ("kind" in found) return;
    this.#window = addOlder(this.#window, found.page, found.before);
    this.#paced.now();
  };

  #lookForMissed(): void {
    const head = this.session.saved.head?.version ?? 0;
    const { gap, versions } = this.#window;
    const missed = gap || (this.#state === "ready" && head > (versions[0]?.number ?? 0));
    if (!missed) {
      clearTimeout(this.#alarm);
      this.#alarm = undefined;
    } else
      this.#alarm ??= setTimeout(
        () => {
          this.#alarm = undefined;
          this.reload();
        },
        gap ? GAP_MS : MISSED_MS,
      );
  }

  #tell(): void {
    this.#told = { window: this.#window, state: this.#state, line: this.#line };
    for (const listener of this.#listeners) listener();
  }

  async #page(before: string | null) {
    const variables = { id: this.documentId, last: PAGE, before };
    const { data, error } = await this.client
      .query(DocumentVersionsDocument, variables, { requestPolicy: "network-only" })
      .toPromise();
    const connection = data?.document?.versions;
    if (!connection) return error ? problemOf(error) : { kind: "not-found" as const, requestId: null };
    // The API counts upwards; the list shows the newest first.
    const page = connection.edges.map(({ node }) => node).reverse();
    const { hasPreviousPage, startCursor } = connection.pageInfo;
    return { page, before: hasPreviousPage ? (startCursor ?? null) : null };
  }
}
