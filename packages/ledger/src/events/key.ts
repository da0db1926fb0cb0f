/** What is told of key-encryption keys. */
export interface KeyEvents {
  /** Written before the key file is changed: one without its effect was prevented by a crash. */
  "key.rotated": { keyId: string; previousKeyId: string };
  /** So many documents' data keys are wrapped with this key-encryption key from now on. */
  "key.rewrapped": { keyId: string; documents: number };
  "key.retired": { keyId: string };
  /** A process got no answer from its key service: what it has open goes on, what must be opened or made waits. */
  "key.service-lost": { provider: string; node: string };
  "key.service-back": { provider: string; node: string };
}
