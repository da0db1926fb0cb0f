/**
 * A stream that ends at once when its reader leaves, also while it waits: a bare generator would wait for its next value first. `ended` is
 * called when the reader leaves, also before the first value: a generator that was never started runs none of its own code then.
 */
export function abortable<T>(
  produce: (signal: AbortSignal) => AsyncGenerator<T, void, void>,
  ended: () => void,
): AsyncIterableIterator<T> {
  const leaving = new AbortController();
  const source = produce(leaving.signal);
  const stream: AsyncIterableIterator<T> = {
    next: () => source.next(),
    async return() {
      leaving.abort();
      ended();
      await source.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}
