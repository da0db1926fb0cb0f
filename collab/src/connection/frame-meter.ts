/**
 * Reads along in a stream of WebSocket frames (RFC 6455, section 5.2) how large the message is that is coming in, before it is there: a
 * receiver keeps all of it until its end. Only the heads of frames are looked at; whether they are right is for the receiver to say.
 */
export class FrameMeter {
  /** Bytes that the message under way will have, as far as its frames have said; 0 between messages. */
  announced = 0;
  /** Bytes of it that have come. */
  arrived = 0;
  #head = Buffer.alloc(0);
  /** Of the frame under way: what has not come of its payload, and whether that is of a message and its end. */
  #left = 0;
  #ofMessage = false;
  #isLast = false;

  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0) {
        const rest = this.#begin(chunk, at);
        if (rest === undefined) return;
        at = rest;
      }
      const bytes = Math.min(this.#left, chunk.length - at);
      at += bytes;
      this.#left -= bytes;
      if (this.#ofMessage) this.arrived += bytes;
      if (this.#left === 0 && this.#ofMessage && this.#isLast) this.announced = this.arrived = 0;
    }
  }

  /** Reads the head of a frame; where its payload begins, or nothing if there is more of the head to come. */
  #begin(chunk: Buffer, at: number): number | undefined {
    const before = this.#head.length;
    const head =
      before === 0 ? chunk.subarray(at, at + 14) : Buffer.concat([this.#head, chunk.subarray(at, at + 14)]);
    const length = headLength(head);
    if (length === undefined || head.length < length) {
      this.#head = Buffer.from(head);
      return undefined;
    }
    this.#head = Buffer.alloc(0);
    const size = head[1]! & 0x7f;
    this.#left = size < 126 ? size : size === 126 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2));
    // Control frames may come in the middle of a message.
    this.#ofMessage = (head[0]! & 0x08) === 0;
    this.#isLast = (head[0]! & 0x80) !== 0;
    if (this.#ofMessage) this.announced += this.#left;
    return at + length - before;
  }
}

function headLength(head: Buffer): number | undefined {
  if (head.length < 2) return undefined;
  const size = head[1]! & 0x7f;
  const mask = head[1]! & 0x80 ? 4 : 0;
  return 2 + mask + (size < 126 ? 0 : size === 126 ? 2 : 8);
}
