import { listVersions, readVersions } from "@onrecord/history/store/versions";
import { defineCursor } from "@onrecord/subgraph/cursor";
import { grouped, inOrder, perRequest } from "@onrecord/subgraph/loader";
import { type PageArgs, pageRequest, toConnection } from "@onrecord/subgraph/page";
import type { DocumentsContext } from "../context.js";
import { presentVersion } from "../present.js";
import type { VersionConnection } from "../types/connections.js";
import type { Version } from "../types/version.js";
import { headVersion } from "./documents.js";
import { eachGroup } from "./each-group.js";
import { versionListed } from "./listed.js";
import { mayView } from "./visible-ids.js";

const cursor = defineCursor("versions", "integer");

/** A page of the versions of a document, ascending by number; documents with the same arguments share one read. */
export const versionsOf = perRequest(
  (keys: readonly { documentId: string; args: PageArgs }[], context: DocumentsContext) =>
    eachGroup(keys, async (documentIds, args) => {
      const request = pageRequest(args, cursor);
      const { direction, size, from } = request;
      // One more than the page has tells whether there is more.
      const range = { direction, size: size + 1, from: from?.[0] ?? null };
      const rows = await listVersions(context.db, documentIds, range);
      return grouped(documentIds, rows, ({ documentId }) => documentId).map(
        (ofOne, i): VersionConnection =>
          toConnection(request, ofOne, {
            node: presentVersion,
            position: ({ number }) => [number] as const,
            cursor,
            // Versions are numbered without gaps.
            count: () => headVersion(context).load(documentIds[i]!),
          }),
      );
    }),
  { key: (key) => JSON.stringify(key) },
);

/** Versions by their keys, each null when it is not there or the caller may not see its document. */
export async function visibleVersions(
  keys: readonly Pick<Version, "documentId" | "number">[],
  context: DocumentsContext,
): Promise<(Version | null)[]> {
  const allowed = await Promise.all(keys.map(({ documentId }) => mayView(context).load(documentId)));
  const wanted = keys.filter(({ number }, i) => allowed[i] && Number.isSafeInteger(number));
  const rows = wanted.length === 0 ? [] : await readVersions(context.db, wanted);
  await versionListed(context).loadMany([...new Set(rows.map(({ documentId }) => documentId))]);
  const name = (key: Pick<Version, "documentId" | "number">) => `${key.documentId} ${key.number}`;
  return inOrder(keys.map(name), rows.map(presentVersion), name);
}
