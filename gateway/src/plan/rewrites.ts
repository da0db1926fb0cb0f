import type {
  FetchNodePathSegment,
  FetchRewrite,
  KeyRenamer,
  ValueSetter,
} from "@graphql-hive/router-query-planner";
import { type Fields, fieldOf, isFields } from "./data.js";
import type { Fits, Path } from "./places.js";

/** Changes what goes to a subgraph, or came from it, as the planner asks: values set, and keys that it had to name otherwise. */
export function rewrite(value: unknown, rewrites: readonly FetchRewrite[] | undefined, fits: Fits): void {
  for (const one of rewrites ?? []) {
    const renamer = renamerOf(one);
    if (renamer) visit(value, renamer.path, fits, (fields, key) => rename(fields, key, renamer.renameKeyTo));
    const setter = setterOf(one);
    if (setter)
      visit(value, setter.path, fits, (fields, key) => {
        fields[key] = setter.setValueTo;
      });
  }
}

/** The path of an error, with the keys that a client knows. */
export function rewritePath(path: Path, rewrites: readonly FetchRewrite[] | undefined): Path {
  const names = new Map<string | number, string>();
  for (const one of rewrites ?? []) {
    const renamer = renamerOf(one);
    const last = renamer?.path.at(-1);
    if (renamer && last && "Key" in last) names.set(last.Key, renamer.renameKeyTo);
  }
  return names.size === 0 ? path : path.map((segment) => names.get(segment) ?? segment);
}

function renamerOf(one: FetchRewrite): KeyRenamer | undefined {
  return "KeyRenamer" in one ? one.KeyRenamer : undefined;
}

function setterOf(one: FetchRewrite): ValueSetter | undefined {
  if ("ValueSetter" in one) return one.ValueSetter;
  return "setValueTo" in one ? one : undefined;
}

function rename(fields: Fields, key: string, to: string): void {
  if (!Object.hasOwn(fields, key)) return;
  fields[to] = fields[key];
  delete fields[key];
}

function visit(
  value: unknown,
  [segment, ...rest]: readonly FetchNodePathSegment[],
  fits: Fits,
  change: (fields: Fields, key: string) => void,
): void {
  if (segment === undefined) return;
  if (Array.isArray(value)) for (const item of value) visit(item, [segment, ...rest], fits, change);
  if (!isFields(value)) return;
  if ("Key" in segment) {
    if (rest.length === 0) change(value, segment.Key);
    else visit(fieldOf(value, segment.Key), rest, fits, change);
  } else if (typeof value.__typename !== "string" || fits(value.__typename, segment.TypenameEquals)) {
    visit(value, rest, fits, change);
  }
}
