import { newId } from "@onrecord/core/ids";
import { Edits } from "@onrecord/history/edit/edits";
import { History } from "@onrecord/history/store/history";
import { bySystem } from "@onrecord/ledger/ledger";
import { concludeChange } from "@onrecord/policy/change";
import { type AccessLevel, levelNumber } from "@onrecord/policy/levels";
import type { Caller, Principal } from "@onrecord/policy/principal";
import {
  addPerson,
  ask,
  callerOf,
  type PersonFacts,
  signedIn,
  type TestContext,
  testContext,
} from "@onrecord/testing/database";
import * as Y from "yjs";
import { createDocumentsSubgraph, type DocumentsSubgraph } from "../subgraph.js";

/** One real database with the subgraph on it, and what tests do to it. */
export class World implements AsyncDisposable {
  private constructor(
    readonly context: TestContext,
    readonly subgraph: DocumentsSubgraph,
    readonly ledger = context.ledger,
    readonly history = new History(context),
    readonly edits = new Edits(context, history),
  ) {}

  /** `env` is as of a process. */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<World> {
    const context = await testContext(env);
    return new World(context, await createDocumentsSubgraph(context));
  }

  get db() {
    return this.context.db;
  }

  async person(facts: PersonFacts = {}): Promise<Principal & { readonly token: string }> {
    return signedIn(this.db, await addPerson(this.db, facts));
  }

  /** A manager with a folder of their own at the top, made through the API. */
  async manager(
    name = "Project",
  ): Promise<{ manager: Principal & { readonly token: string }; folderId: string }> {
    const manager = await this.person({ roles: ["manager"], name: "Mary Manager" });
    return { manager, folderId: await this.folder(manager, null, name) };
  }

  async folder(principal: Principal, parentId: string | null, name: string): Promise<string> {
    const { data } = await this.ask<{ createFolder: { id: string } }>(
      principal,
      "mutation ($input: CreateFolderInput!) { createFolder(input: $input) { id } }",
      { input: { parentId, name } },
    );
    return data.createFolder.id;
  }

  async document(principal: Principal, folderId: string, title = "Note", kind = "TEXT"): Promise<string> {
    const { data } = await this.ask<{ createDocument: { id: string } }>(
      principal,
      "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
      { input: { folderId, title, kind } },
    );
    return data.createDocument.id;
  }

  ask<Data = Record<string, never>>(
    who: Principal | Caller | null,
    text: string,
    variables?: Record<string, unknown>,
  ) {
    return ask<Data>(this.subgraph, asCaller(who), text, variables);
  }

  async grant(resourceId: string, userId: string, level: AccessLevel, expiresAt?: Date): Promise<string> {
    const id = newId();
    await this.db.transaction(async (tx) => {
      await tx.query(
        `insert into permissions.grant (id, resource_id, principal_id, level, granted_at, expires_at) values ($1, $2, $3, $4, now(), $5)`,
        [id, resourceId, userId, levelNumber(level), expiresAt ?? null],
      );
      await concludeChange(tx, this.context.bus);
    });
    return id;
  }

  async revoke(grantId: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.query("update permissions.grant set revoked_at = now() where id = $1", [grantId]);
      await concludeChange(tx, this.context.bus);
    });
  }

  /** Types at the end of a text document, in someone's name or the system's. */
  async type(documentId: string, text: string, userId?: string, edits = this.edits): Promise<void> {
    const by = userId
      ? { ...bySystem(newId()), actorKind: "USER" as const, actorId: userId }
      : bySystem(newId());
    await edits.commit({
      documentId,
      by,
      action: "document.edited",
      change: ({ doc }) => {
        const before = Y.encodeStateVector(doc);
        const draft = new Y.Doc();
        Y.applyUpdate(draft, Y.encodeStateAsUpdate(doc));
        const content = draft.getText("content");
        content.insert(content.length, text);
        return Y.encodeStateAsUpdate(draft, before);
      },
    });
  }

  /** What is on the record about an object, oldest first. */
  entries(objectId: string) {
    return this.db.query<{
      action: string;
      outcome: string;
      actor_id: string | null;
      detail: Record<string, unknown>;
    }>("select action, outcome, actor_id, detail from audit.entry where object_id = $1 order by id", [
      objectId,
    ]);
  }

  async actions(objectId: string): Promise<string[]> {
    return (await this.entries(objectId)).map(({ action }) => action);
  }

  async count(table: string): Promise<number> {
    const [row] = await this.db.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    return row?.n ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.subgraph[Symbol.asyncDispose]();
    await this.context[Symbol.asyncDispose]();
  }
}

/** A request of a person; a given request as it is. */
export function asCaller(who: Principal | Caller | null): Caller {
  return who !== null && "requestId" in who ? who : callerOf(who);
}
