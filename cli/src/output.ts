/** Tells people what is going on: on standard error, so that standard output stays for results. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Prints a result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a result for programs. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}
