export function createDepartment(..._: unknown[]): any {
  throw new Error();
}
export function renameDepartment(..._: unknown[]): any {
  throw new Error();
}
export function closeDepartment(..._: unknown[]): any {
  throw new Error();
}
