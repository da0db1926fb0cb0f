import type { Limits } from "@onrecord/core/limits";
import { scriptBeside } from "@onrecord/core/threads/start-thread";
import { ThreadPool } from "@onrecord/core/threads/thread-pool";

/** A page that became a filing. */
export interface ImportedPage {
  readonly fragmentUpdate: Uint8Array<ArrayBuffer>;
  /** The Yjs client in whose name it is written. */
  readonly clientId: number;
  readonly title: string | null;
}

/** Whose page it is. */
export interface ImportRequest {
  readonly person: string;
  /** Fires when whoever asked has gone: then nobody wants the page any more. */
  readonly gone?: AbortSignal | undefined;
}

/** What keeps a hostile page from hurting anything but its own thread, and a person with many pages anyone but themselves. */
export type ImportLimits = Pick<
  Limits,
  | "imports"
  | "importSeconds"
  | "importMegabytes"
  | "importsWaitingPerUser"
  | "importsWaiting"
  | "importBytesWaiting"
>;

/** Runs imports on threads of their own, each on a new one. */
export class ImportRunner implements AsyncDisposable {
  readonly #pool: ThreadPool<string, ImportedPage>;

  constructor(limits: ImportLimits) {
    const { importsWaitingPerUser: eachOf, importsWaiting: all, importBytesWaiting: bytes } = limits;
    this.#pool = new ThreadPool({
      script: scriptBeside(import.meta.url, "import-worker"),
      threads: limits.imports,
      idleMs: 0,
      seconds: limits.importSeconds,
      megabytes: limits.importMegabytes,
      waiting: { eachOf, all, bytes },
      sentences: {
        stopped: "The import was stopped; try it again.",
        late: "This page takes too long to read; import it in parts.",
        large: "This page is too large to read; import it in parts.",
        yours: `${eachOf} of your pages wait to be imported; try again when one of them is done.`,
        "everyone's": "Many imports are under way just now; try again in a moment.",
      },
    });
  }

  /** Pages that are read now, and pages that wait for their turn. */
  get load(): { readonly running: number; readonly waiting: number } {
    return this.#pool.load;
  }

  /**
   * Reads a page. BAD_USER_INPUT with a sentence when it cannot become a filing, RATE_LIMITED when too many wait, UNAVAILABLE when
   * it was stopped.
   */
  run(html: string, { person, gone }: ImportRequest): Promise<ImportedPage> {
    const ask = async () => ({ question: html });
    return this.#pool.run({ person, gone, bytes: Buffer.byteLength(html), ask });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool[Symbol.asyncDispose]();
  }
}
