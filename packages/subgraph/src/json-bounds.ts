import { AppError } from "@onrecord/core/errors";

/** How deep and of how many values a JSON text may be. */
export interface JsonBounds {
  readonly depth: number;
  readonly values: number;
}

/** More than any operation needs, and far less than takes a thread long: a megabyte of brackets takes what 20 of text do. */
export const operationBounds: JsonBounds = { depth: 100, values: 50_000 };

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Looks through a JSON text as it arrives, piece by piece, and refuses what would take long to parse: its length alone does not tell.
 * It does not look whether it is JSON; what is none ends where the parser ends.
 */
export class JsonScan {
  #depth = 0;
  #values = 1;
  #inString = false;
  /** The piece before ended behind a backslash. */
  #escaped = false;

  constructor(private readonly bounds: JsonBounds) {}

  /** Takes the next piece. BAD_USER_INPUT past a bound. */
  take(piece: Uint8Array): void {
    let i = 0;
    while (i < piece.length) {
      if (this.#inString) i = this.#skipString(piece, i);
      else this.#take(piece[i++]!);
    }
  }

  #take(byte: number): void {
    if (byte === quote) this.#inString = true;
    else if (byte === comma) this.#count();
    else if (byte === openList || byte === openObject) {
      this.#count();
      if (++this.#depth > this.bounds.depth) throw tooDeep(this.bounds.depth);
    } else if (byte === closeList || byte === closeObject) this.#depth--;
  }

  #count(): void {
    if (++this.#values > this.bounds.values) throw tooMany(this.bounds.values);
  }

  /** Goes on behind the end of the string, or of the piece. */
  #skipString(piece: Uint8Array, from: number): number {
    let i = from;
    if (this.#escaped) i++;
    this.#escaped = false;
    for (; i < piece.length; i++) {
      if (piece[i] === backslash) {
        if (++i >= piece.length) this.#escaped = true;
      } else if (piece[i] === quote) {
        this.#inString = false;
        return i + 1;
      }
    }
    return piece.length;
  }
}

function tooDeep(depth: number): AppError {
  return new AppError("BAD_USER_INPUT", `The request's JSON is nested more than ${depth} deep.`);
}

function tooMany(values: number): AppError {
  return new AppError(
    "BAD_USER_INPUT",
    `The request's JSON has more than ${values} values; send fewer at once.`,
  );
}
