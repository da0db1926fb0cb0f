/** Errors whose denial is on the record already. */
const told = new WeakSet<Error>();

/** Marks an error that tells a denial as being on the record: nothing else needs to put it there. Returns it. */
export function onRecord<E extends Error>(error: E): E {
  told.add(error);
  return error;
}

/** Whether the denial that an error tells is on the record. */
export function isOnRecord(error: Error): boolean {
  return told.has(error);
}
