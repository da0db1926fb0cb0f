import { type Client, cacheExchange, createClient, fetchExchange, mapExchange } from "@urql/core";
import { problemOf } from "./problem.js";

/**
 * The GraphQL client of one session. Each session gets its own, so that nothing that one person was shown is ever
 * answered from memory to the next.
 */
export function createApi(onUnauthenticated: () => void): Client {
  return createClient({
    url: "/graphql",
    requestPolicy: "cache-and-network",
    preferGetMethod: false,
    fetchOptions: { credentials: "same-origin" },
    exchanges: [
      mapExchange({
        onError(error) {
          if (problemOf(error).kind === "unauthenticated") onUnauthenticated();
        },
      }),
      cacheExchange,
      fetchExchange,
    ],
  });
}
