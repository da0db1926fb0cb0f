import { AppError } from "@onrecord/core/errors";
import { versionsAfter } from "@onrecord/history/store/versions";
import { OpenRight } from "@onrecord/policy/open-right";
import { byCaller } from "@onrecord/policy/principal";
import type { DocumentsContext, DocumentsServices } from "../context.js";
import { presentVersion } from "../present.js";
import type { Version } from "../types/version.js";
import { Wake } from "./wake.js";

/** Versions read at once. */
const BATCH = 200;
/** The bus carries hints and may lose one: after this many milliseconds without any, the table is read all the same. */
const AT_THE_LATEST = 15_000;

/**
 * Every version of a document from now on, each once and in order: the bus says when to look, the table what there is. Ends with
 * FORBIDDEN when the caller may no longer view the document, and with UNAUTHENTICATED when their session has ended.
 */
export async function documentChanges(
  context: DocumentsContext,
  documentId: string,
): Promise<AsyncIterableIterator<Version>> {
  const { caller, history } = context;
  const { wake, stop: unlisten } = listen(context, documentId);
  const right = await OpenRight.open(
    context,
    caller,
    "view",
    { kind: "DOCUMENT", id: documentId },
    { onChange: wake.call, ended: "Your access to this document has ended." },
  ).catch((error: Error) => {
    unlisten();
    throw error;
  });
  const stop = () => {
    unlisten();
    right.close();
  };
  // Listening has begun before the head is read: what commits in between is heard.
  const head = await history.head(documentId).catch((error: Error) => {
    stop();
    throw error;
  });
  if (!head) {
    stop();
    throw new AppError("NOT_FOUND", "There is no such document.");
  }
  await context.ledger.sittings
    .record("document.followed", byCaller(caller), [{ kind: "DOCUMENT", id: documentId }])
    .catch((error: Error) => {
      stop();
      throw error;
    });
  const changes = follow(context, documentId, head.version, right, wake, stop);
  // A generator that waits cannot be returned from outside: it is woken, and ends by itself.
  const end = async (): Promise<IteratorResult<Version>> => {
    stop();
    return changes.return(undefined);
  };
  const iterator: AsyncIterableIterator<Version> = {
    next: () => changes.next(),
    return: end,
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

async function* follow(
  { db }: DocumentsServices,
  documentId: string,
  head: number,
  right: OpenRight,
  wake: Wake,
  stop: () => void,
): AsyncGenerator<Version, undefined, void> {
  let last = head;
  try {
    while (!wake.ended) {
      const { revision, rows } = await versionsAfter(db, documentId, last, BATCH);
      // The revision is of the same snapshot as the rows: none of them passes on a right that was void when it was read.
      await right.check(revision);
      for (const row of rows) {
        last = row.number;
        yield presentVersion(row);
      }
      if (rows.length < BATCH) await wake.wait(AT_THE_LATEST);
    }
  } finally {
    stop();
  }
}

function listen({ bus }: DocumentsServices, documentId: string): { wake: Wake; stop: () => void } {
  const wake = new Wake();
  const heard = [
    bus.subscribe("document.committed", (message) => {
      if (message.documentId === documentId) wake.call();
    }),
    bus.onGap(wake.call),
  ];
  const stop = () => {
    for (const end of heard) end();
    wake.end();
  };
  return { wake, stop };
}
