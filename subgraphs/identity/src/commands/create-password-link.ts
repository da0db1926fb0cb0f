export function createPasswordLink(..._: unknown[]): any {
  throw new Error();
}
