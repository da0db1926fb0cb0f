import { type AppContext, createContext } from "@onrecord/context/context";
import { readConfig } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import type { ContentFormat, DocumentKind } from "@onrecord/filing/content";
import { History } from "@onrecord/history/store/history";
import * as Y from "yjs";
import { Server } from "../server.js";

const people = ["analyst1", "analyst2", "analyst3", "trader", "manager"] as const;
type Person = (typeof people)[number];

interface Version {
  readonly node: { readonly number: number; readonly author: { readonly name: string } | null };
}

/** A server of its own with the demo firm signed in, and a look at what it has committed. */
export class Firm implements AsyncDisposable {
  private constructor(
    readonly server: Server,
    private readonly context: AppContext,
    readonly tokens: Readonly<Record<Person, string>>,
    private readonly owned: AsyncDisposable,
  ) {}

  static async open(): Promise<Firm> {
    await using resources = new AsyncDisposableStack();
    const server = resources.use(await Server.create());
    await server.start();
    const { config, secrets } = readConfig({ ONRECORD_DATA: server.dataDir });
    const beside = await createContext(config, secrets, createLogger("silent"), { beside: true });
    const context = resources.use(beside);
    const tokens = await Promise.all(people.map(async (person) => [person, await server.signIn(person)]));
    return new Firm(server, context, Object.fromEntries(tokens), resources.move());
  }

  /** An empty document that the analysts may edit and the trader may view. */
  async document(kind: DocumentKind, title: string): Promise<string> {
    const { manager, trader } = this.tokens;
    const id = await this.server.createDocument(manager, title, kind);
    const { me } = await this.server.ask<{ me: { user: { id: string } } }>(
      "{ me { user { id } } }",
      {},
      trader,
    );
    const input = { resourceId: id, principalId: me.user.id, level: "VIEW" };
    await this.server.ask(
      "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }",
      { input },
      manager,
    );
    return id;
  }

  /** The committed head as Yjs state, read from the database as the server reads it. */
  async committed(documentId: string): Promise<{ readonly state: Uint8Array; readonly version: number }> {
    const { doc, version } = await new History(this.context).load(documentId);
    return { state: Y.encodeStateAsUpdate(doc), version };
  }

  /** The committed head, as the API writes it. */
  async content(documentId: string, format: ContentFormat): Promise<string> {
    const { document } = await this.server.ask<{ document: { content: string } }>(
      "query ($id: ID!, $format: ContentFormat!) { document(id: $id) { content(format: $format) } }",
      { id: documentId, format },
      this.tokens.analyst1,
    );
    return document.content;
  }

  /** The names of those who made the last hundred versions behind `after`; null stands for nobody proven. */
  async authors(documentId: string, after = 0): Promise<Set<string | null>> {
    const { document } = await this.server.ask<{ document: { versions: { edges: readonly Version[] } } }>(
      "query ($id: ID!) { document(id: $id) { versions(last: 100) { edges { node { number author { name } } } } } }",
      { id: documentId },
      this.tokens.analyst1,
    );
    const later = document.versions.edges.filter(({ node }) => node.number > after);
    return new Set(later.map(({ node }) => node.author?.name ?? null));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.owned[Symbol.asyncDispose]();
  }
}
