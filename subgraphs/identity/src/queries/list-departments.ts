export function listDepartments(..._: unknown[]): any {
  throw new Error();
}
