import * as Y from "yjs";

type AnyType = NonNullable<ReturnType<Y.Doc["share"]["get"]>>;

/**
 * What a document consists of, id by id: clocks, deletions, and the order of what is visible in every type, however deep (or without the order). Two
 * documents with the same outline are the same to everyone; how Yjs cuts its structs or collects garbage does not show in it.
 */
export function outline(doc: Y.Doc, ordered = true): string {
  const lines: string[] = [];
  const clocks = [...doc.store.clients.keys()].map((client) => `${client}:${Y.getState(doc.store, client)}`);
  lines.push(`clocks ${clocks.sort().join(" ")}`, `deleted ${deletions(doc).join(" ")}`);
  for (const name of [...doc.share.keys()].sort()) {
    const type = doc.share.get(name)!;
    const lists = describe(type, ordered);
    if (lists.length > 0) lines.push(`root ${JSON.stringify(name)}`, ...lists);
  }
  return lines.join("\n");
}

function deletions(doc: Y.Doc): string[] {
  const ranges: string[] = [];
  for (const [client, items] of Y.snapshot(doc).ds.clients)
    for (const { clock, len } of merged(items)) ranges.push(`${client}:${clock}+${len}`);
  return ranges.sort();
}

function merged(items: readonly { clock: number; len: number }[]): { clock: number; len: number }[] {
  const result: { clock: number; len: number }[] = [];
  for (const { clock, len } of [...items].sort((a, b) => a.clock - b.clock)) {
    const last = result.at(-1);
    if (last && last.clock + last.len >= clock) last.len = Math.max(last.len, clock + len - last.clock);
    else if (len > 0) result.push({ clock, len });
  }
  return result;
}

/** The visible items of a type, runs of one client as one; nested types after them. Without recursion: nesting may be deeper than a stack. */
function describe(root: AnyType, ordered: boolean): string[] {
  const lines: string[] = [];
  const open: { path: string; type: AnyType }[] = [{ path: "", type: root }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { path, type } = next;
    const runs: { client: number; from: number; to: number }[] = [];
    const nested: typeof open = [];
    for (let item = type._start; item; item = item.right) {
      if (item.deleted) continue;
      const { client, clock } = item.id;
      const run = runs.at(-1);
      if (run && run.client === client && run.to === clock) run.to += item.length;
      else runs.push({ client, from: clock, to: clock + item.length });
      if (item.content instanceof Y.ContentType)
        nested.push({ path: `${path}/${client}:${clock}`, type: item.content.type });
    }
    const entries: string[] = [];
    for (const [key, item] of type._map) {
      if (item.deleted) continue;
      const { client, clock } = item.lastId;
      entries.push(`${JSON.stringify(key)}=${client}:${clock}`);
      if (item.content instanceof Y.ContentType)
        nested.push({ path: `${path}/${client}:${clock}`, type: item.content.type });
    }
    if (!ordered) runs.sort((a, b) => a.client - b.client || a.from - b.from);
    const list = (ordered ? runs : joined(runs)).map(({ client, from, to }) => `${client}:${from}-${to}`);
    if (list.length + entries.length > 0)
      lines.push(`${path} ${list.join(" ")} {${entries.sort().join(" ")}}`);
    open.push(...nested);
  }
  return lines.sort();
}

function joined(runs: readonly { client: number; from: number; to: number }[]): typeof runs {
  const result: { client: number; from: number; to: number }[] = [];
  for (const run of runs) {
    const last = result.at(-1);
    if (last?.client === run.client && last.to === run.from) last.to = run.to;
    else result.push({ ...run });
  }
  return result;
}

/** The first place where two outlines differ, in a few words; undefined when they are the same. */
export function difference(a: string, b: string): string | undefined {
  if (a === b) return undefined;
  const [left, right] = [a.split("\n"), b.split("\n")];
  const line = left.findIndex((text, index) => text !== right[index]);
  const at = line < 0 ? left.length : line;
  const [x = "", y = ""] = [left[at], right[at]];
  let from = 0;
  while (from < x.length && x[from] === y[from]) from++;
  const part = (text: string) => text.slice(Math.max(0, from - 40), from + 80);
  return `"…${part(x)}…" against "…${part(y)}…"`;
}
