import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameMeter } from "./frame-meter.js";

interface Frame {
  readonly opcode: number;
  readonly last: boolean;
  readonly size: number;
}

/** A masked frame, as clients send it. */
function bytesOf({ opcode, last, size }: Frame): Buffer {
  const head = Buffer.alloc(size < 126 ? 6 : size < 65_536 ? 8 : 14, 7);
  head[0] = (last ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (size < 126 ? size : size < 65_536 ? 126 : 127);
  if (size >= 65_536) head.writeBigUInt64BE(BigInt(size), 2);
  else if (size >= 126) head.writeUInt16BE(size, 2);
  return Buffer.concat([head, Buffer.alloc(size, 0xff)]);
}

const size = fc.oneof(fc.nat(200), fc.constantFrom(0, 125, 126, 65_535, 65_536), fc.nat(100_000));
/** A message in frames, with pings in between, and its size. */
const message = fc.array(size, { minLength: 1, maxLength: 4 }).map((sizes) => ({
  total: sizes.reduce((a, b) => a + b, 0),
  frames: sizes.flatMap((size, n): Frame[] => [
    { opcode: 9, last: true, size: n },
    { opcode: n === 0 ? 2 : 0, last: n === sizes.length - 1, size },
  ]),
}));

describe("the meter of a stream of frames", () => {
  it("knows a message's size before it is there, however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 30 }),
        (messages, cuts) => {
          const meter = new FrameMeter();
          for (const { total, frames } of messages) {
            const stream = Buffer.concat(frames.map(bytesOf));
            let most = 0;
            let at = 0;
            for (let n = 0; at < stream.length - 1; n++) {
              // All but the last byte: with it the message would be over.
              const end = Math.min(at + cuts[n % cuts.length]!, stream.length - 1);
              meter.take(stream.subarray(at, end));
              at = end;
              expect(meter.arrived).toBeLessThanOrEqual(meter.announced);
              most = Math.max(most, meter.announced);
            }
            expect(most).toBeLessThanOrEqual(total);
            // Nothing of a last frame without payload comes after its head.
            if (frames.at(-1)!.size > 0) expect([most, meter.arrived]).toEqual([total, total - 1]);
            meter.take(stream.subarray(at));
            expect([meter.announced, meter.arrived]).toEqual([0, 0]);
          }
        },
      ),
    );
  });
});
