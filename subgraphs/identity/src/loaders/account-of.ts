export function accountOf(..._: unknown[]): any {
  throw new Error();
}
