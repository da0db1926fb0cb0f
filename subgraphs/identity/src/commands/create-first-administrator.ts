export function createFirstAdministrator(..._: unknown[]): any {
  throw new Error();
}
