import type { PageSession } from "../session/page-session.js";

const REFUSED = JSON.stringify({
  data: null,
  errors: [{ message: "The session of this page has ended.", extensions: { code: "UNAUTHENTICATED" } }],
});

/**
 * Sends requests in the name of the page's own session: the browser's cookie may have become somebody else's, and the server then
 * refuses what names another. `sends` tells whether somebody sits before the page. Whoever has only signed in anew meanwhile notices nothing: nothing was done, so it is sent again.
 */
export function naming(page: PageSession, send: typeof fetch, sends: () => boolean): typeof fetch {
  return async (input, init) => {
    const named = page.id;
    if (named === null) return refusal();
    const inNameOf = (id: string) => {
      const headers = new Headers(init?.headers);
      headers.set("x-onrecord-session", id);
      // What a page sends by itself is no use of the session: it may end.
      if (!sends()) headers.set("x-onrecord-unattended", "1");
      return send(input, { ...init, headers });
    };
    const response = await inNameOf(named);
    if (response.status !== 401) return response;
    await page.refused(named);
    const anew = page.id;
    return anew === null || anew === named ? response : inNameOf(anew);
  };
}

/** What the server would say, said without asking it. */
function refusal(): Response {
  return new Response(REFUSED, { status: 401, headers: { "content-type": "application/json" } });
}
