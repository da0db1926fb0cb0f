export function suspendUser(..._: unknown[]): any {
  throw new Error();
}
export function reinstateUser(..._: unknown[]): any {
  throw new Error();
}
