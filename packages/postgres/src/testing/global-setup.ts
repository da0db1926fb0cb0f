import { SHARED_SERVER } from "./fresh-database.js";
import { startTestServer } from "./server.js";

/** Vitest calls this before a package's test files: they all find one server in their environment. The result ends it. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startTestServer();
  const { adminUrl, appUrl } = server;
  process.env[SHARED_SERVER] = JSON.stringify({ adminUrl, appUrl });
  return () => server[Symbol.asyncDispose]();
}
