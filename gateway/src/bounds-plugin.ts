import type { GatewayPlugin } from "@graphql-hive/gateway-runtime";
import type { Limits } from "@onrecord/core/limits";
import { type DocumentNode, GraphQLError, Kind, Source } from "graphql";
import type { GatewayContext } from "./executors.js";

/** The mutations that take a large argument: what else is asked has a small body. */
export const largeMutations: ReadonlySet<string> = new Set(["importDocument"]);

/**
 * Refuses an operation whose text is long, before it is parsed (comments and a string's lines are no tokens, and cost as much), and one
 * with a large body that needs none.
 */
export function useBounds({ queryBytes, operationBytes }: Limits): GatewayPlugin<GatewayContext> {
  return {
    onParse({ context, parseFn, setParseFn }) {
      setParseFn((source: string | Source, options) => {
        const { length } = source instanceof Source ? source.body : source;
        if (length > queryBytes)
          throw badInput(`The text of the operation is longer than ${queryBytes} characters; use variables.`);
        return parseFn(source, options);
      });
      return ({ result, replaceParseResult }) => {
        const { bodyBytes = 0 } = context as Partial<GatewayContext>;
        if (result === null || result instanceof Error || bodyBytes <= operationBytes || takesLarge(result))
          return;
        const sentence = `Only an import may be larger than ${operationBytes} bytes.`;
        replaceParseResult(badInput(sentence, 413) as never);
      };
    },
  };
}

/** Whether a document asks for something that takes a large argument. */
export function takesLarge({ definitions }: DocumentNode): boolean {
  return definitions.some(
    (one) =>
      (one.kind === Kind.OPERATION_DEFINITION || one.kind === Kind.FRAGMENT_DEFINITION) &&
      one.selectionSet.selections.some(
        (field) => field.kind === Kind.FIELD && largeMutations.has(field.name.value),
      ),
  );
}

function badInput(sentence: string, status = 400): GraphQLError {
  return new GraphQLError(sentence, { extensions: { code: "BAD_USER_INPUT", http: { status } } });
}
