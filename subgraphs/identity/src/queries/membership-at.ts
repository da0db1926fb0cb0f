export function membershipAt(..._: unknown[]): any {
  throw new Error();
}
