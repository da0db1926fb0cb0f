import { codegen } from "@graphql-codegen/core";
import * as typedDocumentNode from "@graphql-codegen/typed-document-node";
import * as typescriptOperations from "@graphql-codegen/typescript-operations";
import { buildSchema, type GraphQLError, parse, validate } from "graphql";

/** An operations file: its path, for messages, and its text. */
export interface OperationsFile {
  readonly path: string;
  readonly text: string;
}

/** How the API's scalars look to a client. */
const scalars = {
  ContentTree: 'readonly import("@onrecord/history/attribution/content-tree").Root[]',
  DateTime: "string",
  JSONObject: "Record<string, unknown>",
};

/**
 * Turns operations into TypeScript: a type for every result and variables, and a typed document for every operation.
 * Throws with every place where an operation does not fit the API.
 */
export async function typedDocuments(api: string, files: readonly OperationsFile[]): Promise<string> {
  const schema = buildSchema(api);
  const documents = files.map(({ path, text }) => ({ location: path, document: parse(text) }));
  const faults = documents.flatMap(({ location, document }) =>
    validate(schema, document).map((error) => `  ${location}:${lineOf(error)}: ${error.message}`),
  );
  if (faults.length > 0) throw new Error(`Operations do not fit the API:\n${faults.join("\n")}`);
  const text = await codegen({
    filename: "generated.ts",
    schema: parse(api),
    documents,
    config: { scalars, useTypeImports: true, dedupeFragments: true, sort: false },
    plugins: [{ typescriptOperations: {} }, { typedDocumentNode: {} }],
    pluginMap: { typescriptOperations, typedDocumentNode },
  });
  return `// Generated from the public API and schema/operations by \`npm run compose -w @onrecord/schema\`.\n${text}`;
}

function lineOf(error: GraphQLError): number {
  return error.locations?.[0]?.line ?? 0;
}
