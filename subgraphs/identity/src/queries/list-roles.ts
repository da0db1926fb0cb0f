export function listRoles(..._: unknown[]): any {
  throw new Error();
}
