import { uuidv7 } from "uuidv7";

/** A new time-ordered id (UUID version 7, RFC 9562): later ids of one process sort after earlier ones. */
export function newId(): string {
  return uuidv7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a string is an id as we write them: a lower-case UUID. */
export function isId(value: string): boolean {
  return UUID.test(value);
}
