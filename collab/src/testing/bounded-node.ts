import { HttpServer } from "@onrecord/http/http-server";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import { WebSocket } from "ws";
import type * as Y from "yjs";
import { Collab } from "../collab.js";

type Signed = Awaited<ReturnType<typeof signedIn>>;

/** A socket without a client library, for what no honest client sends. */
export interface RawSocket {
  readonly socket: WebSocket;
  /** Resolves with the code and the reason of its close. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** The frames that have come so far. */
  readonly frames: Buffer[];
}

/** A node with bounds of its own, on which Eve does what nobody should, and Ben works beside her. */
export class BoundedNode implements AsyncDisposable {
  readonly #editors: Disposable[] = [];
  readonly #sockets: WebSocket[] = [];

  private constructor(
    readonly context: TestContext,
    readonly http: HttpServer,
    readonly collab: Collab,
    readonly url: string,
    readonly eve: Signed,
    readonly ben: Signed,
  ) {}

  static async open(env: Readonly<Record<string, string>>): Promise<BoundedNode> {
    const context = await testContext(env);
    const http = new HttpServer(context.log);
    const collab = new Collab(context);
    collab.mount(http);
    await collab.start();
    const url = await http.listen(0, "127.0.0.1");
    const eve = await signedIn(context.db, await addPerson(context.db, { name: "Eve" }));
    const ben = await signedIn(context.db, await addPerson(context.db, { name: "Ben Lau" }));
    return new BoundedNode(context, http, collab, url, eve, ben);
  }

  /** An empty document that both may edit. */
  async document(): Promise<string> {
    const documentId = await addDocument(this.context);
    await addGrant(this.context, documentId, this.eve.userId, "EDIT");
    await addGrant(this.context, documentId, this.ben.userId, "EDIT");
    return documentId;
  }

  /** A stock client; `url` when it comes another way than straight. */
  edit(documentId: string, who: Signed, options: { doc?: Y.Doc; url?: string } = {}): Editor {
    const editor = openEditor(options.url ?? this.url, documentId, who.token, options);
    this.#editors.push(editor);
    return editor;
  }

  /** Opens a socket and does not wait to be let in. `token` is Eve's unless told otherwise. */
  async raw(
    documentId: string,
    { token = this.eve.token, ack = false, session = "" } = {},
  ): Promise<RawSocket> {
    const address = `${this.url.replace("http", "ws")}/collab/${documentId}?token=${token}${ack ? "&ack=1" : ""}${session && `&session=${session}`}`;
    const socket = new WebSocket(address);
    this.#sockets.push(socket);
    const frames: Buffer[] = [];
    socket.on("message", (data: Buffer) => frames.push(data));
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    socket.on("error", () => undefined);
    return { socket, closed, frames };
  }

  versions(documentId: string) {
    return this.context.db.query<{ version: number; author_id: string | null; bytes: number }>(
      "select version, author_id, bytes from documents.change where document_id = $1 order by version",
      [documentId],
    );
  }

  entries(documentId: string, action: string) {
    return this.context.db.query<{ actor_id: string; detail: Record<string, unknown> }>(
      "select actor_id, detail from audit.entry where object_id = $1 and action = $2 order by txid, id",
      [documentId, action],
    );
  }

  /** The value of a counter under these labels; 0 when nothing was counted. */
  async counted(name: string, labels: Readonly<Record<string, string>>): Promise<number> {
    const metric = await this.context.metrics.getSingleMetric(name)?.get();
    const matches = (given: object) =>
      Object.entries(labels).every(([key, value]) => String(Reflect.get(given, key)) === value);
    return (metric?.values ?? [])
      .filter((value) => matches(value.labels))
      .reduce((sum, { value }) => sum + value, 0);
  }

  closes(code: number, reason: string): Promise<number> {
    return this.counted("onrecord_collab_closed_total", { code: String(code), reason });
  }

  /** Ben with two editors on this document, and two on another one. */
  async neighbours(documentId: string): Promise<Neighbours> {
    const elsewhere = await this.document();
    const pairs = [documentId, elsewhere].map(
      (id) => [this.edit(id, this.ben), this.edit(id, this.ben)] as const,
    );
    await Promise.all(pairs.flat().map((editor) => editor.synced()));
    return new Neighbours(pairs);
  }

  /** Ends every editor and socket of a test. */
  leave(): void {
    for (const editor of this.#editors.splice(0)) editor[Symbol.dispose]();
    for (const socket of this.#sockets.splice(0)) socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    await this.collab.drain();
    await this.collab[Symbol.asyncDispose]();
    await this.http[Symbol.asyncDispose]();
    await this.context[Symbol.asyncDispose]();
  }
}

/** Those beside a misbehaving client. */
export class Neighbours {
  #losses = 0;
  #word = 0;

  constructor(readonly pairs: readonly (readonly [Editor, Editor])[]) {
    for (const { provider } of pairs.flat()) provider.on("connection-close", () => this.#losses++);
  }

  /** What one types the other sees, and nobody lost their connection. */
  async noticedNothing(): Promise<void> {
    for (const [one, other] of this.pairs) {
      const word = `<${this.#word++}>`;
      one.text.insert(0, word);
      await until(() => other.text.toString().includes(word), "a neighbour to see the other's word");
    }
    if (this.#losses > 0) throw new Error(`neighbours lost ${this.#losses} connections`);
    for (const { provider } of this.pairs.flat())
      if (!provider.wsconnected) throw new Error("a neighbour is not connected");
  }
}
