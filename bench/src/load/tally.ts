/** A fingerprint of a stream of frames: two clients with equal tallies were told the same, in the same order. */
export class Tally {
  frames = 0;
  bytes = 0;
  #hash = 0x811c9dc5;

  add(bytes: Uint8Array): void {
    this.frames++;
    this.bytes += bytes.length;
    let hash = this.#hash ^ bytes.length;
    for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    this.#hash = hash;
  }

  equals(other: Tally): boolean {
    return this.frames === other.frames && this.bytes === other.bytes && this.#hash === other.#hash;
  }
}
