/**
 * Watches for what stock clients of this process do not survive: an update that they cannot take is told on the console, anything
 * else is thrown where nobody catches it.
 */
export function watchClientErrors(onError: (sentence: string) => void): Disposable {
  const stock = console.error;
  console.error = (...parts: readonly unknown[]) => onError(parts.map(tell).join(" "));
  const uncaught = (error: unknown) => onError(`uncaught: ${tell(error)}`);
  process.on("uncaughtException", uncaught);
  return {
    [Symbol.dispose]: () => {
      console.error = stock;
      process.off("uncaughtException", uncaught);
    },
  };
}

function tell(part: unknown): string {
  if (!(part instanceof Error)) return String(part);
  return `${part.message} ${
    part.stack
      ?.split("\n")
      .slice(1, 4)
      .map((line) => line.trim())
      .join(" ") ?? ""
  }`;
}
