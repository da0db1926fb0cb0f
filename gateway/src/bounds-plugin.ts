import type { GatewayPlugin } from "@graphql-hive/gateway-runtime";
import type { Limits } from "@onrecord/core/limits";
import { type DocumentNode, GraphQLError, Kind, Source } from "graphql";
import { exceeds, type FieldBounds } from "./count-fields.js";
import type { GatewayContext } from "./executors.js";

/** The mutations that take a large argument: what else is asked has a small body. */
export const largeMutations: ReadonlySet<string> = new Set(["importDocument"]);

/** What one operation may ask for; to work it out takes milliseconds of everybody's thread. */
const known: FieldBounds = { fields: 2000, repeats: 50 };
const strangers: FieldBounds = { fields: 300, repeats: 50 };

/**
 * Refuses an operation whose text is long, before it is parsed (comments and a string's lines are no tokens, and cost as much), and one
 * with a large body that needs none, or one that asks for very many fields.
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
        const { bodyBytes = 0, caller } = context as Partial<GatewayContext>;
        if (result === null || result instanceof Error) return;
        const bounds = caller?.principal ? known : strangers;
        const exceeded = exceeds(result, bounds);
        if (exceeded) {
          const sentence =
            exceeded === "repeats"
              ? `An operation may ask for one field ${bounds.repeats} times in one place.`
              : `An operation may ask for ${bounds.fields} fields${caller?.principal ? "" : " before you have signed in"}.`;
          replaceParseResult(badInput(sentence) as never);
          return;
        }
        if (bodyBytes <= operationBytes || takesLarge(result)) return;
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
