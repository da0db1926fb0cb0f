/** A stream that ends at once when its reader leaves, also while it waits: a bare generator would wait for its next value first. */
export function abortable<T>(
  produce: (signal: AbortSignal) => AsyncGenerator<T, void, void>,
): AsyncIterableIterator<T> {
  const leaving = new AbortController();
  const source = produce(leaving.signal);
  const stream: AsyncIterableIterator<T> = {
    next: () => source.next(),
    async return() {
      leaving.abort();
      await source.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}
