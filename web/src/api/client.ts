import { type Client, cacheExchange, createClient, fetchExchange, mapExchange } from "@urql/core";
import type { PageSession } from "../session/page-session.js";
import { naming } from "./naming.js";
import { problemOf } from "./problem.js";
import { namesExchange } from "./shown-names.js";

/**
 * The GraphQL client of one page. Each page gets its own, and is one person's for as long as it lives, so that nothing that one
 * person was shown is ever answered from memory to the next.
 */
export function createApi(page: PageSession, sends: () => boolean): Client {
  return createClient({
    url: "/graphql",
    requestPolicy: "cache-and-network",
    preferGetMethod: false,
    fetch: naming(page, (input, init) => fetch(input, init), sends),
    fetchOptions: { credentials: "same-origin" },
    exchanges: [
      mapExchange({
        onError(error) {
          if (problemOf(error).kind !== "unauthenticated") return;
          if (page.id === null) page.ask();
          else void page.refused(page.id);
        },
      }),
      cacheExchange,
      namesExchange,
      fetchExchange,
    ],
  });
}
