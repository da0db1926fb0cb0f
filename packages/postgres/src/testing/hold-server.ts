import { once } from "node:events";
import { startTestServer } from "./server.js";

/** The process of `global-setup.ts`: prints the URLs of a server as a line of JSON, and ends it when its input ends. */
const { adminUrl, appUrl, ...server } = await startTestServer();
// A terminal interrupts every process of the run; the server goes when nobody needs it any longer.
process.on("SIGINT", () => undefined);
process.stdout.write(`${JSON.stringify({ adminUrl, appUrl })}\n`);
await once(process.stdin.resume(), "end");
await server[Symbol.asyncDispose]();
