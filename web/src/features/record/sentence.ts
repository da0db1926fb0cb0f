import type { EntryFragment } from "@onrecord/schema/generated";
import type { Messages } from "../../i18n/en.js";

/** An entry of the record, as the app reads it. */
export type Entry = EntryFragment;

/** A piece of a sentence: plain words, or something to be set apart or linked. */
export type Part =
  | { kind: "text"; text: string }
  | { kind: "actor"; text: string; id: string }
  | { kind: "object"; text: string; documentId: string | null }
  | { kind: "fact"; text: string };

/** What a sentence needs besides the entry: the language, its number format, and the document one is already looking at. */
export interface Telling {
  readonly messages: Messages;
  readonly number: (n: number) => string;
  readonly hereId?: string | undefined;
}

/** An entry of the record as a sentence for people; an unknown action is told by its name, never left out. */
export function sentence(entry: Entry, telling: Telling): Part[] {
  const { record } = telling.messages;
  const template: string | undefined = record.sentences[entry.action as keyof typeof record.sentences];
  const ending = entry.action === "session.ended" ? record.endings[String(entry.detail.cause)] : undefined;
  const times = typeof entry.detail.count === "number" ? record.times : "";
  return fillIn((ending ?? template ?? record.otherSentence) + times, entry, telling);
}

/** A run of edits as one sentence; `facts` are its numbers. */
export function runSentence(
  newest: Entry,
  facts: Readonly<Record<string, number>>,
  telling: Telling,
): Part[] {
  return fillIn(telling.messages.record.runSentence, { ...newest, detail: facts }, telling);
}

function fillIn(template: string, entry: Entry, telling: Telling): Part[] {
  return template
    .split(/\{(\w+)\}/)
    .map((piece, i): Part => (i % 2 === 0 ? { kind: "text", text: piece } : fill(piece, entry, telling)))
    .filter((part) => part.text !== "");
}

/** The same sentence as one string, for titles and screen readers. */
export function plainSentence(entry: Entry, telling: Telling): string {
  return sentence(entry, telling)
    .map(({ text }) => text)
    .join("");
}

function fill(name: string, entry: Entry, telling: Telling): Part {
  switch (name) {
    case "actor":
      return { kind: "actor", text: actorName(entry.actor, telling.messages), id: entry.actor.id };
    case "object":
      return objectPart(entry, telling);
    case "action":
      return { kind: "fact", text: entry.action };
    default:
      return { kind: "fact", text: fact(name, entry.detail[name], telling) };
  }
}

function fact(name: string, value: unknown, { messages, number }: Telling): string {
  const { record, common, permissions } = messages;
  if (name === "bytes" && typeof value === "number") return common.bytes(number(value));
  if (typeof value === "number") return number(value);
  if (typeof value !== "string") return "–";
  if (name === "reason") return record.reasons[value] ?? value;
  if (name === "level") return record.levels[value] ?? value;
  if (name === "permission" && value in permissions)
    return permissions[value as keyof typeof permissions].toLowerCase();
  return value;
}

function objectPart({ object }: Entry, { messages, hereId }: Telling): Part {
  const { record } = messages;
  if (object === null) return { kind: "object", text: record.objects.FIRM ?? "", documentId: null };
  if (object.id !== null && object.id === hereId)
    return { kind: "object", text: record.thisDocument, documentId: null };
  if (object.document) return { kind: "object", text: object.document.title, documentId: object.document.id };
  return { kind: "object", text: record.objects[object.kind] ?? object.kind.toLowerCase(), documentId: null };
}

/** How the record names who acted. */
export function actorName(actor: Entry["actor"], { record }: Messages): string {
  switch (actor.kind) {
    case "USER":
      return actor.name;
    case "ANONYMOUS":
      return record.anonymous;
    case "SYSTEM":
      return record.system;
  }
}

/** The reasons of a refusal that an entry carries, if any: the record keeps the policies' names, people read sentences. */
export function reasonsOf(entry: Entry, { record }: Messages): string[] {
  const { reasons } = entry.detail;
  if (!Array.isArray(reasons)) return [];
  return reasons
    .filter((reason) => typeof reason === "string")
    .map((reason) => record.refusals[reason] ?? reason);
}
