import DataLoader from "dataloader";

/** Loads many values at once: as many results as keys, in their order; null where there is none, an Error where it failed. */
export type BatchLoad<Key, Value, Context extends object> = (
  keys: readonly Key[],
  context: Context,
) => PromiseLike<readonly (Value | Error)[]>;

/**
 * Makes a batching loader with one memory per request: `const userById = perRequest((ids: readonly string[], { em }: Context) => …)`,
 * then `userById(context).load(id)`. The memory goes with the context. Keys that are objects need `key`, their identity as a string.
 */
export function perRequest<Key, Value, Context extends object>(
  load: BatchLoad<Key, Value, Context>,
  options: { key?: (key: Key) => string; maxBatchSize?: number } = {},
): (context: Context) => DataLoader<Key, Value, Key | string> {
  const loaders = new WeakMap<Context, DataLoader<Key, Value, Key | string>>();
  return (context) => {
    let loader = loaders.get(context);
    if (!loader) {
      loader = new DataLoader<Key, Value, Key | string>((keys) => load(keys, context), {
        ...(options.key === undefined ? {} : { cacheKeyFn: options.key }),
        maxBatchSize: options.maxBatchSize ?? 1000,
      });
      loaders.set(context, loader);
    }
    return loader;
  };
}

/** Puts rows into the order of the keys they were loaded by; null for a key without a row. */
export function inOrder<Key, Row>(
  keys: readonly Key[],
  rows: Iterable<Row>,
  keyOf: (row: Row) => Key,
): (Row | null)[] {
  const byKey = new Map<Key, Row>();
  for (const row of rows) byKey.set(keyOf(row), row);
  return keys.map((key) => byKey.get(key) ?? null);
}

/** Groups rows by the keys they were loaded by, in the order of the keys; an empty list for a key without rows. */
export function grouped<Key, Row>(
  keys: readonly Key[],
  rows: Iterable<Row>,
  keyOf: (row: Row) => Key,
): Row[][] {
  const byKey = Map.groupBy(rows, keyOf);
  return keys.map((key) => byKey.get(key) ?? []);
}
