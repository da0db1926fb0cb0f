/** Tells how far a backup or a restore is. */
export interface Progress {
  add(what: string, bytes: number): void;
  done(): void;
}

/** A line that renews itself on a terminal, five times a second at most; a line for each table elsewhere. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  let [name, bytes, all, shown] = ["", 0, 0, 0];
  return {
    add(what, more) {
      if (what !== name) {
        if (!stream.isTTY) stream.write(`${what} …\n`);
        [name, bytes] = [what, 0];
      }
      bytes += more;
      all += more;
      if (!stream.isTTY || performance.now() - shown < 200) return;
      shown = performance.now();
      stream.write(`\r\u001b[K${what}  ${megabytes(bytes)}  (${megabytes(all)} in all)`);
    },
    done() {
      if (stream.isTTY) stream.write("\r\u001b[K");
    },
  };
}

/** Bytes as people read them. */
export function megabytes(bytes: number): string {
  const [size, unit] =
    bytes < 1e6 ? [bytes / 1e3, "kB"] : bytes < 1e9 ? [bytes / 1e6, "MB"] : [bytes / 1e9, "GB"];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
