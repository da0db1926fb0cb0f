import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

type Variables = Readonly<Record<string, unknown>>;

/**
 * Whether no subgraph knows what an operation asks: what the schema is, or, where all is skipped, nothing. The planner fails for the
 * second.
 */
export function needsNothing(
  { selectionSet }: OperationDefinitionNode,
  document: DocumentNode,
  variables: Variables,
): boolean {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const nothing = ({ selections }: SelectionSetNode): boolean =>
    selections.every((one) => {
      if (!isIncluded(one, variables)) return true;
      if (one.kind === Kind.FIELD) return one.name.value.startsWith("__");
      const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : fragments.get(one.name.value);
      return fragment === undefined || nothing(fragment.selectionSet);
    });
  return nothing(selectionSet);
}

function isIncluded(node: { readonly directives?: readonly DirectiveNode[] }, variables: Variables): boolean {
  if (!node.directives?.length) return true;
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false
  );
}
