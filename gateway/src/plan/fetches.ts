import type { BatchFetchNode, EntityBatchAlias, FetchNode } from "@graphql-hive/router-query-planner";
import {
  type DocumentNode,
  type FragmentSpreadNode,
  getOperationAST,
  type InlineFragmentNode,
  Kind,
  parse,
  type SelectionSetNode,
} from "graphql";

/** What a plan asks a subgraph, read once for all requests that the plan answers. */
export interface Question {
  readonly document: DocumentNode;
  /** Response keys of its root fields. */
  readonly keys: readonly string[];
  /** Response key of a root field → keys of the entities' fields that it asks for. */
  readonly entityKeys: ReadonlyMap<string, readonly string[]>;
}

const questions = new WeakMap<FetchNode | BatchFetchNode, Question>();

/** The question of a node of a plan. */
export function questionOf(node: FetchNode | BatchFetchNode): Question {
  let question = questions.get(node);
  if (question === undefined) {
    question = read(node.operation);
    questions.set(node, question);
  }
  return question;
}

/** A fetch of entities in the form of one that asks for several kinds at once. */
export function aliasesOf(
  { requires, inputRewrites, outputRewrites }: FetchNode,
  path: EntityBatchAlias["paths"][number],
): EntityBatchAlias[] {
  return [
    {
      alias: "_entities",
      representationsVariableName: "representations",
      paths: [path],
      requires: requires ?? [],
      ...(inputRewrites ? { inputRewrites } : {}),
      ...(outputRewrites ? { outputRewrites } : {}),
    },
  ];
}

function read(operation: string): Question {
  const document = parse(operation, { noLocation: true });
  const root = getOperationAST(document)?.selectionSet;
  const entityKeys = new Map<string, readonly string[]>();
  const keys = keysOf(document, root, (key, selection) => entityKeys.set(key, keysOf(document, selection)));
  return { document, keys, entityKeys };
}

/** The response keys of the fields of a selection, and of the fragments in it. */
function keysOf(
  document: DocumentNode,
  selection: SelectionSetNode | undefined,
  each?: (key: string, selection: SelectionSetNode | undefined) => void,
): string[] {
  const keys = (selection?.selections ?? []).flatMap((one) => {
    if (one.kind !== Kind.FIELD) return keysOf(document, selectionOf(document, one), each);
    const key = one.alias?.value ?? one.name.value;
    each?.(key, one.selectionSet);
    return key === "__typename" ? [] : [key];
  });
  return [...new Set(keys)];
}

function selectionOf(
  { definitions }: DocumentNode,
  one: InlineFragmentNode | FragmentSpreadNode,
): SelectionSetNode | undefined {
  if (one.kind === Kind.INLINE_FRAGMENT) return one.selectionSet;
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === one.name.value)
      return definition.selectionSet;
  return undefined;
}
