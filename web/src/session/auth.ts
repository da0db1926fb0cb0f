/** What became of an attempt to sign in. */
export type SignInResult = "signed-in" | "wrong" | "too-many" | "unreachable";

/** Signs in; the server sets the session cookie, which no script can read. */
export async function signIn(email: string, password: string): Promise<SignInResult> {
  // Names no session: whichever the browser had gives way to the new one.
  const response = await post("/auth/sign-in", { email, password });
  if (response === null) return "unreachable";
  if (response.ok) return "signed-in";
  if (response.status === 429) return "too-many";
  return response.status >= 500 ? "unreachable" : "wrong";
}

/** Ends this session on the server, whatever the answer, and no other: the browser's may be somebody else's by now. */
export async function signOut(id: string | null): Promise<void> {
  if (id !== null) await post("/auth/sign-out", {}, { "x-onrecord-session": id });
}

/** The people of a demo firm, when the server says that it is one. */
export interface DemoFirm {
  readonly password: string;
  readonly people: readonly {
    readonly email: string;
    readonly name: string;
    readonly title: string | null;
  }[];
}

/** The demo firm, or null: a real firm tells a stranger nothing about its people. */
export async function readDemoFirm(signal: AbortSignal): Promise<DemoFirm | null> {
  try {
    const response = await fetch("/auth/demo", { headers: { accept: "application/json" }, signal });
    if (!response.ok || !response.headers.get("content-type")?.includes("json")) return null;
    const told: unknown = await response.json();
    return isDemoFirm(told) ? told : null;
  } catch {
    return null;
  }
}

async function post(
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response | null> {
  try {
    return await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", accept: "application/json", ...headers },
      body: JSON.stringify(body),
    });
  } catch {
    return null;
  }
}

function isDemoFirm(value: unknown): value is DemoFirm {
  if (typeof value !== "object" || value === null) return false;
  const { password, people } = value as Partial<DemoFirm>;
  return (
    typeof password === "string" &&
    Array.isArray(people) &&
    people.every((person) => typeof person?.email === "string" && typeof person?.name === "string")
  );
}
