export function isSetupOpen(..._: unknown[]): any {
  throw new Error();
}
