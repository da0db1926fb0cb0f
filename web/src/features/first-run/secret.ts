/** 32 random bytes, as the server writes them. */
const SECRET = /^[\w-]{43}$/;

/** The secret in what somebody opened or pasted: itself, or an address that ends in it; null: there is none. */
export function secretIn(given: string): string | null {
  const text = given.trim();
  const found = text.slice(text.lastIndexOf("#") + 1).trim();
  return SECRET.test(found) ? found : null;
}
