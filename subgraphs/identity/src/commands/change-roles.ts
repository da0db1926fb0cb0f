export function createRole(..._: unknown[]): any {
  throw new Error();
}
export function renameRole(..._: unknown[]): any {
  throw new Error();
}
export function closeRole(..._: unknown[]): any {
  throw new Error();
}
