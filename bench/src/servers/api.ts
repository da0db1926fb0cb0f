import { Failure } from "../failure.js";

/** Requests that are made at the same time. */
const AT_ONCE = 4;

/** The little of Onrecord's API that a benchmark needs. */
export class Api {
  constructor(private readonly url: string) {}

  /** Returns a session token. */
  async signIn(email: string, password: string): Promise<string> {
    const { signIn } = await this.#ask<{ signIn: { token: string } }>(
      "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
      { input: { email, password } },
    );
    return signIn.token;
  }

  /** A folder at the top in which the caller may edit. */
  async editableFolder(token: string): Promise<string> {
    const { folders } = await this.#ask<{
      folders: { edges: { node: { id: string; permissions: string[] } }[] };
    }>("{ folders(first: 100) { edges { node { id permissions } } } }", {}, token);
    const found = folders.edges.find(({ node }) => node.permissions.includes("EDIT"));
    if (!found) throw new Failure("there is no folder in which the analyst may edit");
    return found.node.id;
  }

  /** Makes a folder, at the top if it has no parent, and returns its id. */
  async createFolder(token: string, name: string, parentId?: string): Promise<string> {
    const { createFolder } = await this.#ask<{ createFolder: { id: string } }>(
      "mutation ($input: CreateFolderInput!) { createFolder(input: $input) { id } }",
      { input: { name, ...(parentId === undefined ? {} : { parentId }) } },
      token,
    );
    return createFolder.id;
  }

  /** Returns the grant's id. */
  async grantAccess(
    token: string,
    input: { resourceId: string; principalId: string; level: string },
  ): Promise<string> {
    const { grantAccess } = await this.#ask<{ grantAccess: { id: string } }>(
      "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }",
      { input },
      token,
    );
    return grantAccess.id;
  }

  async revokeAccess(token: string, grantId: string): Promise<void> {
    await this.#ask(
      "mutation ($input: RevokeAccessInput!) { revokeAccess(input: $input) }",
      { input: { grantId } },
      token,
    );
  }

  async signOut(token: string): Promise<void> {
    await this.#ask("mutation { signOut }", {}, token);
  }

  async createDocument(token: string, folderId: string, title: string): Promise<string> {
    const { createDocument } = await this.#ask<{ createDocument: { id: string } }>(
      "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
      { input: { folderId, title, kind: "TEXT" } },
      token,
    );
    return createDocument.id;
  }

  /** Makes a filing of a web page and returns its id. */
  async importFiling(token: string, folderId: string, title: string, html: string): Promise<string> {
    const { importDocument } = await this.#ask<{ importDocument: { id: string } }>(
      "mutation ($input: ImportDocumentInput!) { importDocument(input: $input) { id } }",
      { input: { folderId, title, html } },
      token,
    );
    return importDocument.id;
  }

  async #ask<Data>(query: string, variables: Record<string, unknown>, token?: string): Promise<Data> {
    const response = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: Data; errors?: { message: string }[] };
    if (!data || errors) throw new Failure(`Onrecord answered: ${errors?.[0]?.message ?? response.status}`);
    return data;
  }
}

/** Does something `count` times, a few at once; results in order. */
export async function inParallel<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = new Array(count);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
