/** Preferences of this browser. Storage may be refused (private windows): a preference is then forgotten, nothing breaks. */
const PREFIX = "onrecord.";

/** A kept preference, or null. */
export function kept(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** Keeps a preference if the browser lets it. */
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    return;
  }
}
