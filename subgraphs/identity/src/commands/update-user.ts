export function updateUser(..._: unknown[]): any {
  throw new Error();
}
