import { randomFillSync } from "node:crypto";
import { V7Generator } from "uuidv7";

/** Randomness is fetched for a thousand ids at once: to ask for that of each takes as long as to make it. */
const random = new Uint32Array(2048);
let used = random.length;
const generator = new V7Generator({
  nextUint32() {
    if (used === random.length) {
      randomFillSync(random);
      used = 0;
    }
    return random[used++]!;
  },
});

/** A new time-ordered id (UUID version 7, RFC 9562): later ids of one process sort after earlier ones. */
export function newId(): string {
  return generator.generate().toString();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a string is an id as we write them: a lower-case UUID. */
export function isId(value: string): boolean {
  return UUID.test(value);
}
