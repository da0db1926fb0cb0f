export function listUsers(..._: unknown[]): any {
  throw new Error();
}
export function findPerson(..._: unknown[]): any {
  throw new Error();
}
