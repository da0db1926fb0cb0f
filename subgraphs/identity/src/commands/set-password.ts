export function setPassword(..._: unknown[]): any {
  throw new Error();
}
