export function createUser(..._: unknown[]): any {
  throw new Error();
}
