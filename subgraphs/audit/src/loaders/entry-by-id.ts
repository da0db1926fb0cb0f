import { isId } from "@onrecord/core/ids";
import type { PlacedEntry } from "@onrecord/ledger/read";
import { inOrder, perRequest } from "@onrecord/subgraph/loader";
import type { AuditContext } from "../context.js";
import { readEntriesById } from "../entries/read-entries.js";

/** Entries by their ids, in one statement per execution step. Who may see them is decided elsewhere. */
export const entryById = perRequest<string, PlacedEntry | null, AuditContext>(async (ids, { db }) =>
  inOrder<string, PlacedEntry>(ids, await readEntriesById(db, ids.filter(isId)), ({ id }) => id),
);
