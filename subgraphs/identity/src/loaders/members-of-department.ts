export function membersOfDepartment(..._: unknown[]): any {
  throw new Error();
}
