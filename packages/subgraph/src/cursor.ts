import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";

/** What one part of a cursor may be: an id, a safe integer, or a decimal number of any length kept as a string. */
export type CursorPart = "id" | "integer" | "digits";

/** The place in a list that a cursor with these parts names. */
export type CursorPosition<Parts extends readonly CursorPart[]> = {
  readonly [I in keyof Parts]: Parts[I] extends "integer" ? number : string;
};

/** Writes and reads the cursors of one list. */
export interface CursorCodec<Position> {
  encode(position: Position): string;
  /** Throws BAD_USER_INPUT for a cursor that this list did not give. */
  decode(cursor: string): Position;
}

const MAX_LENGTH = 512;

/**
 * Defines the cursors of a list: opaque to clients, checked part by part when they come back, since whatever comes back ends in
 * a query. `kind` keeps the cursor of one list from being taken for another's. A cursor grants nothing: what may be seen is
 * decided where rows are read.
 */
export function defineCursor<const Parts extends readonly CursorPart[]>(
  kind: string,
  ...parts: Parts
): CursorCodec<CursorPosition<Parts>> {
  const isPosition = (value: unknown[]): value is [...CursorPosition<Parts>] =>
    value.length === parts.length && parts.every((part, i) => fits(part, value[i]));
  return {
    encode: (position) => Buffer.from(JSON.stringify([kind, ...position])).toString("base64url"),
    decode(cursor) {
      const [given, ...position] = parse(cursor);
      if (given !== kind || !isPosition(position)) throw badCursor();
      return position;
    },
  };
}

function fits(part: CursorPart, value: unknown): boolean {
  switch (part) {
    case "id":
      return typeof value === "string" && isId(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "digits":
      return typeof value === "string" && /^\d{1,20}$/.test(value);
  }
}

function parse(cursor: string): unknown[] {
  if (cursor.length > MAX_LENGTH) throw badCursor();
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch (cause) {
    throw badCursor(cause);
  }
}

function badCursor(cause?: unknown): AppError {
  return new AppError(
    "BAD_USER_INPUT",
    "This cursor does not belong to this list; take it from `pageInfo` or an edge.",
    { cause },
  );
}
