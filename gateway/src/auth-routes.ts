import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError, errorCatalogue } from "@onrecord/core/errors";
import type { RequestHandler } from "@onrecord/http/http-server";
import { findCookie, isCrossSite, SESSION_COOKIE } from "@onrecord/policy/credentials";
import type { Caller } from "@onrecord/policy/principal";
import { asUnavailable } from "@onrecord/postgres/unavailable";
import { knownCode } from "@onrecord/subgraph/errors";
import { BodyTooLarge } from "@onrecord/subgraph/read-body";
import type { Authenticator } from "./authenticator.js";
import type { Bodies } from "./bodies.js";
import { readJson, respondError, respondJson } from "./respond.js";
import type { Runtime } from "./runtime.js";

const SIGN_IN =
  "mutation ($input: SignInInput!) { signIn(input: $input) { token device principal { sessionId expiresAt user { id name } } } }";
/** What a browser keeps of having signed in: sent with the next sign-in, and with nothing else. */
const DEVICE_COOKIE = "onrecord_device";
/** As long as browsers keep a cookie at most, in seconds. */
const DEVICE_AGE = 400 * 86_400;
const SIGN_OUT = "mutation { signOut }";
/** Largest body of a sign-in, in bytes. */
const LIMIT = 64 * 1024;

interface SignedIn {
  readonly sessionId: string;
  readonly expiresAt: string;
  readonly user: { readonly id: string; readonly name: string };
}

interface Answer {
  readonly data?: {
    signIn?: { token: string; device: string | null; principal: SignedIn } | null;
  } | null;
  readonly errors?: readonly { extensions?: { code?: string } }[];
}

/** Who can sign in to a demo firm, and how: what its sign-in page offers to strangers. */
export interface DemoFirm {
  readonly password: string;
  readonly people: readonly {
    readonly email: string;
    readonly name: string;
    readonly title: string | null;
  }[];
}

/** `/auth/sign-in` and `/auth/sign-out`: the browser's way to a session, whose token its scripts never see; `/auth/demo` where `demo` is given. */
export function authRoutes(
  runtime: Runtime,
  authenticator: Authenticator,
  bodies: Bodies,
  secure: boolean,
  demo?: () => Promise<DemoFirm | null>,
): RequestHandler {
  const cookie = (value: string, maxAge: number) =>
    `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure ? "; Secure" : ""}`;
  const deviceCookie = (value: string) =>
    `${DEVICE_COOKIE}=${value}; Path=/auth; HttpOnly; SameSite=Strict; Max-Age=${DEVICE_AGE}${secure ? "; Secure" : ""}`;

  const signIn = async (request: IncomingMessage, response: ServerResponse, caller: Caller) => {
    const { email, password } = await readJson(bodies, request, caller, LIMIT).catch(async (error) => {
      if (error instanceof BodyTooLarge) await authenticator.recordOversized(caller);
      throw error;
    });
    const answer = await run(runtime, caller, SIGN_IN, {
      input: { email, password, device: findCookie(request, DEVICE_COOKIE) ?? "" },
    });
    const session = answer.data?.signIn;
    if (!session) return respondJson(response, statusOf(answer), answer);
    const { user, sessionId, expiresAt } = session.principal;
    const seconds = Math.max(0, Math.floor((Date.parse(expiresAt) - Date.now()) / 1000));
    const cookies = [cookie(session.token, seconds)];
    if (session.device !== null) cookies.push(deviceCookie(session.device));
    response.setHeader("set-cookie", cookies);
    respondJson(response, 200, { user, sessionId, expiresAt });
  };
  const signOut = async (request: IncomingMessage, response: ServerResponse, caller: Caller) => {
    await readJson(bodies, request, caller, LIMIT);
    if (caller.principal) {
      const answer = await run(runtime, caller, SIGN_OUT, {});
      // The cookie stays while the session does: who is told "signed out" must be.
      if (answer.errors) return respondJson(response, statusOf(answer), answer);
    }
    response.setHeader("set-cookie", cookie("", 0));
    respondJson(response, 200, { signedOut: true });
  };

  const actions = new Map([
    ["/auth/sign-in", signIn],
    ["/auth/sign-out", signOut],
  ]);
  const showDemo = async (response: ServerResponse) => {
    const firm = await demo?.();
    if (!firm) throw new AppError("NOT_FOUND", "There is no such page.");
    respondJson(response, 200, firm);
  };

  return async (request, response, info) => {
    const { id, url } = info;
    try {
      if (url.pathname === "/auth/demo" && request.method === "GET") return await showDemo(response);
      const action = actions.get(url.pathname);
      if (!action) throw new AppError("NOT_FOUND", "There is no such page.");
      if (request.method !== "POST") return void response.writeHead(405, { allow: "POST" }).end();
      if (isCrossSite(request))
        throw await authenticator.refuseCrossSite(request, id, "/auth", "Sign in from this site.");
      await action(request, response, await authenticator.ofRequest(request, info));
    } catch (thrown) {
      const error = asUnavailable(thrown);
      if (!(error instanceof AppError)) throw error;
      respondError(response, error, id);
    }
  };
}

async function run(
  runtime: Runtime,
  caller: Caller,
  query: string,
  variables: Record<string, unknown>,
): Promise<Answer> {
  const response = await runtime.fetch(
    new Request("http://gateway/graphql", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        "x-request-id": caller.requestId,
      },
      body: JSON.stringify({ query, variables }),
    }),
    { caller },
  );
  return (await response.json()) as Answer;
}

function statusOf({ errors }: Answer): number {
  return errorCatalogue[knownCode(errors?.[0]?.extensions?.code) ?? "INTERNAL"].status;
}
