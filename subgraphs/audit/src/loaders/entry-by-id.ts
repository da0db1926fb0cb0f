import { isId } from "@onrecord/core/ids";
import type { PlacedEntry } from "@onrecord/ledger/read";
import { inOrder, perRequest } from "@onrecord/subgraph/loader";
import type { AuditContext } from "../context.js";
import { readEntriesById } from "../entries/read-entries.js";
import { toldTo } from "../entries/told.js";

/** Entries by their ids, in one statement per execution step; null for what the caller is not told of. Who else may see them is decided elsewhere. */
export const entryById = perRequest<string, PlacedEntry | null, AuditContext>(async (ids, context) =>
  inOrder<string, PlacedEntry>(
    ids,
    await readEntriesById(context.db, toldTo(context), ids.filter(isId)),
    ({ id }) => id,
  ),
);
