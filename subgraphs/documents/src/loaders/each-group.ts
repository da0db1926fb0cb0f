import type { PageArgs } from "@onrecord/subgraph/page";

/** The list of one thing (a folder, a document) with the arguments it was asked with. */
interface ListKey {
  readonly args: PageArgs;
}

/**
 * Reads many lists, those with the same arguments in one go; answers in the order of the keys. What fails for one set of arguments
 * (a cursor that is none) fails for its lists alone.
 */
export async function eachGroup<Key extends ListKey & ({ documentId: string } | { folderId: string }), Page>(
  keys: readonly Key[],
  read: (ids: string[], args: PageArgs) => Promise<readonly (Page | Error)[]>,
): Promise<(Page | Error)[]> {
  const results: (Page | Error)[] = Array(keys.length);
  const groups = Map.groupBy(keys.keys(), (index) => {
    const { first, after, last, before } = keys[index]!.args;
    return JSON.stringify([first, after, last, before]);
  });
  await Promise.all(
    [...groups.values()].map(async (indices) => {
      const ids = indices.map((index) => {
        const key = keys[index]!;
        return "documentId" in key ? key.documentId : key.folderId;
      });
      const pages = await read(ids, keys[indices[0]!]!.args).catch((error: Error) => ids.map(() => error));
      indices.forEach((index, i) => {
        results[index] = pages[i]!;
      });
    }),
  );
  return results;
}
