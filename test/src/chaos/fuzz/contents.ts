import type { Random } from "@onrecord/core/testing/random";
import * as encoding from "lib0/encoding";
import type { Content } from "./update-writer.js";

/** Nesting that honest documents have, and nesting that parsers take and recursion does not survive. */
const SHALLOW = [1, 2, 10, 50];
const DEEP = [1000, 4000, 20_000];

/** The kinds of type that Yjs knows, and some that it does not. */
const TYPES = [0, 1, 2, 3, 4, 5, 6];
const NO_TYPES = [7, 255];
/** XML elements and hooks carry a name. */
const NAMED = new Set([3, 5]);

const KEYS = ["bold", "", "__proto__", "constructor", "toString", "ychange", "\u0000", "鍵"];

/** Content of any kind that the format has. Most is strange and well formed; some is what no Yjs writes. */
export function anyContent(random: Random): Content {
  return random.pick(random.chance(0.002) ? malformed : strange)(random);
}

/** A type that other items may have as their parent. */
export function typeContent(random: Random): Content {
  return typeOf(random.pick(TYPES), random.pick(["p", "", "__proto__"]));
}

function typeOf(type: number, name: string): Content {
  return {
    ref: 7,
    length: 1,
    write: (encoder) => {
      encoding.writeVarUint(encoder, type);
      if (NAMED.has(type)) encoding.writeVarString(encoder, name);
    },
  };
}

/** Text as an honest client sends it. */
export function textContent(text: string): Content {
  return { ref: 4, length: text.length, write: (encoder) => encoding.writeVarString(encoder, text) };
}

const strange: readonly ((random: Random) => Content)[] = [
  (random) => textContent(random.word()),
  (random) => textContent(random.pick(["😀", "a😀b", "價格", "\u202e", "\u0000", "\r\n"])),
  (random) => deleted(random.pick([1, 2, 5])),
  (random) => jsons(Array.from({ length: random.int(1, 3) }, () => jsonText(random))),
  (random) => binary(random.bytes(random.int(0, 40))),
  (random) => embed(jsonText(random)),
  (random) => format(random.pick(KEYS), jsonText(random)),
  typeContent,
  typeContent,
  (random) => anys(Array.from({ length: random.int(1, 3) }, () => anyValue(random))),
  (random) => nestedAny(random.pick(SHALLOW)),
];

const malformed: readonly ((random: Random) => Content)[] = [
  // UTF-8 that is none: half a pair, a byte too few, a byte that cannot be.
  (random) =>
    rawText(
      random.pick([
        [0xed, 0xa0, 0xbd],
        [0xe2, 0x82],
        [0xff, 0x61],
        [0xf0, 0x9f, 0x98],
      ]),
    ),
  // Nothing at all: it takes no clock.
  () => textContent(""),
  () => deleted(0),
  () => jsons([]),
  () => anys([]),
  (random) => deleted(random.pick([1000, 2 ** 31, 2 ** 40])),
  subdocument,
  (random) => embed(random.pick(["{", "", "undefined", "NaN"])),
  (random) => format(random.pick(KEYS), random.pick(["{", ""])),
  (random) => jsons([nestedJson(random, random.pick(DEEP))]),
  (random) => embed(nestedJson(random, random.pick(DEEP))),
  (random) => format("deep", nestedJson(random, random.pick(DEEP))),
  (random) => nestedAny(random.pick(DEEP)),
  (random) => typeOf(random.pick(NO_TYPES), "p"),
];

function rawText(bytes: readonly number[]): Content {
  return {
    ref: 4,
    length: new TextDecoder().decode(Uint8Array.from(bytes)).length,
    write: (encoder) => encoding.writeVarUint8Array(encoder, Uint8Array.from(bytes)),
  };
}

function deleted(length: number): Content {
  return { ref: 1, length, write: (encoder) => encoding.writeVarUint(encoder, length) };
}

function jsons(texts: readonly string[]): Content {
  return {
    ref: 2,
    length: texts.length,
    write: (encoder) => {
      encoding.writeVarUint(encoder, texts.length);
      for (const text of texts) encoding.writeVarString(encoder, text);
    },
  };
}

function embed(json: string): Content {
  return { ref: 5, length: 1, write: (encoder) => encoding.writeVarString(encoder, json) };
}

function format(key: string, json: string): Content {
  return {
    ref: 6,
    length: 1,
    write: (encoder) => {
      encoding.writeVarString(encoder, key);
      encoding.writeVarString(encoder, json);
    },
  };
}

function binary(bytes: Uint8Array): Content {
  return { ref: 3, length: 1, write: (encoder) => encoding.writeVarUint8Array(encoder, bytes) };
}

function jsonText(random: Random): string {
  const texts = [
    "true",
    "null",
    '"text"',
    '{"__proto__":{"polluted":true}}',
    "1e999",
    nestedJson(random, random.pick(SHALLOW)),
  ];
  return random.pick(texts);
}

function nestedJson(random: Random, depth: number): string {
  const lists = "[".repeat(depth) + "]".repeat(depth);
  return random.chance(0.5) ? lists : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
}

function anys(values: readonly encoding.AnyEncodable[]): Content {
  return {
    ref: 8,
    length: values.length,
    write: (encoder) => {
      encoding.writeVarUint(encoder, values.length);
      for (const value of values) encoding.writeAny(encoder, value);
    },
  };
}

function anyValue(random: Random): encoding.AnyEncodable {
  return random.pick([
    null,
    undefined,
    true,
    -0,
    Number.NaN,
    2 ** 60,
    12345678901234567890n,
    "x",
    [1, [2]],
    { a: { b: 1 } },
    new Uint8Array(3),
  ]);
}

/** Arrays in arrays, written without recursion. */
function nestedAny(depth: number): Content {
  const ARRAY = 117;
  const NULL = 126;
  return {
    ref: 8,
    length: 1,
    write: (encoder) => {
      encoding.writeVarUint(encoder, 1);
      for (let i = 0; i < depth; i++) {
        encoding.writeUint8(encoder, ARRAY);
        encoding.writeVarUint(encoder, 1);
      }
      encoding.writeUint8(encoder, NULL);
    },
  };
}

function subdocument(random: Random): Content {
  return {
    ref: 9,
    length: 1,
    write: (encoder) => {
      encoding.writeVarString(encoder, random.pick(["", "guid", "__proto__"]));
      encoding.writeAny(encoder, random.pick([{}, { autoLoad: true }, { meta: "x", gc: false }, null, 7]));
    },
  };
}
