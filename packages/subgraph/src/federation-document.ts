import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  Kind,
  type SchemaExtensionNode,
  visit,
} from "graphql";

const FEDERATION = "https://specs.apollo.dev/federation/v2.9";

/** The directives of federation 2.9 that a subgraph may put on its types. */
const federationDirectives = new Set([
  "authenticated",
  "composeDirective",
  "cost",
  "extends",
  "external",
  "inaccessible",
  "interfaceObject",
  "key",
  "listSize",
  "override",
  "policy",
  "provides",
  "requires",
  "requiresScopes",
  "shareable",
  "tag",
]);

/**
 * Turns a printed schema into a federation 2 document: it links exactly the directives it uses, leaves out root types without
 * fields, and orders definitions by name, so that the file in the repository only changes where the contract does.
 */
export function asFederationDocument(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, {
    Directive: ({ name }) => {
      if (federationDirectives.has(name.value)) used.add(name.value);
    },
  });
  const definitions = document.definitions
    .filter((definition) => definition.kind !== Kind.SCHEMA_DEFINITION && !isEmptyType(definition))
    .sort((a, b) => nameOf(a).localeCompare(nameOf(b), "en"));
  return { ...document, definitions: [link([...used].sort()), ...definitions] };
}

function link(directives: readonly string[]): SchemaExtensionNode {
  const string = (value: string) => ({ kind: Kind.STRING, value }) as const;
  const directive: ConstDirectiveNode = {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: "link" },
    arguments: [
      { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: "url" }, value: string(FEDERATION) },
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: "import" },
        value: { kind: Kind.LIST, values: directives.map((name) => string(`@${name}`)) },
      },
    ],
  };
  return { kind: Kind.SCHEMA_EXTENSION, directives: [directive] };
}

function isEmptyType(definition: DefinitionNode): boolean {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION && (definition.fields ?? []).length === 0;
}

function nameOf(definition: DefinitionNode): string {
  return "name" in definition ? (definition.name?.value ?? "") : "";
}
