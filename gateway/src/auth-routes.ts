import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHandler, RequestInfo } from "@onrecord/platform/door";
import { AppError } from "@onrecord/platform/errors";
import { isCrossSite, SESSION_COOKIE } from "@onrecord/policy/credentials";
import type { Caller } from "@onrecord/policy/principal";
import type { Authenticator } from "./authenticator.js";
import { readJson, respondError, respondJson } from "./respond.js";
import type { Runtime } from "./runtime.js";

const SIGN_IN =
  "mutation ($input: SignInInput!) { signIn(input: $input) { token principal { expiresAt user { id name } } } }";
const SIGN_OUT = "mutation { signOut }";

interface Answer {
  readonly data?: {
    signIn?: { token: string; principal: { expiresAt: string; user: { id: string; name: string } } };
  };
  readonly errors?: readonly unknown[];
}

/** `/auth/sign-in` and `/auth/sign-out`: the browser's way to a session, whose token its scripts never see. */
export function authRoutes(runtime: Runtime, authenticator: Authenticator, secure: boolean): RequestHandler {
  const cookie = (value: string, maxAge: number) =>
    `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure ? "; Secure" : ""}`;

  const signIn = async (request: IncomingMessage, response: ServerResponse, caller: Caller) => {
    const { email, password } = (await readJson(request, 64 * 1024)) as Record<string, unknown>;
    const answer = await run(runtime, caller, SIGN_IN, { input: { email, password } });
    const session = answer.data?.signIn;
    if (!session) return respondJson(response, statusOf(answer), answer);
    const seconds = Math.max(0, Math.floor((Date.parse(session.principal.expiresAt) - Date.now()) / 1000));
    response.setHeader("set-cookie", cookie(session.token, seconds));
    respondJson(response, 200, { user: session.principal.user, expiresAt: session.principal.expiresAt });
  };
  const signOut = async (response: ServerResponse, caller: Caller) => {
    if (caller.principal) await run(runtime, caller, SIGN_OUT, {});
    response.setHeader("set-cookie", cookie("", 0));
    respondJson(response, 200, { signedOut: true });
  };

  return async (request, response, info: RequestInfo) => {
    try {
      if (request.method !== "POST") throw new AppError("BAD_USER_INPUT", "Send a POST request.");
      if (isCrossSite(request)) throw new AppError("FORBIDDEN", "Sign in from this site.");
      const caller = await authenticator.ofRequest(request, info.id);
      if (info.url.pathname === "/auth/sign-in") await signIn(request, response, caller);
      else if (info.url.pathname === "/auth/sign-out") await signOut(response, caller);
      else throw new AppError("NOT_FOUND", "There is no such page.");
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      respondError(response, error, info.id);
    }
  };
}

async function run(
  runtime: Runtime,
  caller: Caller,
  query: string,
  variables: Record<string, unknown>,
): Promise<Answer> {
  const body = JSON.stringify({ query, variables });
  const response = await runtime.fetch(
    "http://gateway/graphql",
    { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body },
    { caller },
  );
  return (await response.json()) as Answer;
}

function statusOf({ errors }: Answer): number {
  const [error] = (errors ?? []) as { extensions?: { code?: string } }[];
  switch (error?.extensions?.code) {
    case "UNAUTHENTICATED":
      return 401;
    case "RATE_LIMITED":
      return 429;
    case "BAD_USER_INPUT":
      return 400;
    default:
      return 500;
  }
}
