import { Agent, request } from "node:http";
import type { Target } from "../load/job.js";
import { startStopwatch } from "../measure/window.js";
import { costColumns, type Workload } from "../workloads/workload.js";

/** What the measurement of traces is called on the command line. */
export const name = "traces";

/** Requests under way. */
const AT_ONCE = 8;
const QUERY = JSON.stringify({ query: "{ me { user { name } } }" });

/** The smallest request that goes through gateway, subgraph and SQL. */
export const me: Workload = {
  name: "me",
  about: `Closed loop: ${AT_ONCE} requests at a time for { me { user { name } } }, each by its own connection.`,
  columns: [{ key: "rate", label: "requests/s", better: "higher", digits: 0 }, ...costColumns("request")],
  documents: () => 0,
  async run(target, settings) {
    const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
    let answered = 0;
    let going = true;
    const loops = Array.from({ length: AT_ONCE }, async (_, index) => {
      while (going) {
        await ask(agent, target, target.tokens[index % target.tokens.length]!);
        answered++;
      }
    });
    const all = Promise.all(loops);
    const wait = (seconds: number) =>
      Promise.race([new Promise((resolve) => setTimeout(resolve, seconds * 1000)), all]);
    try {
      await wait(settings.warmup);
      const stopwatch = startStopwatch(target);
      const before = answered;
      await wait(settings.seconds);
      return stopwatch(answered - before);
    } finally {
      going = false;
      await all.finally(() => agent.destroy());
    }
  },
};

function ask(agent: Agent, { url }: Target, token: string): Promise<void> {
  const address = url.replace(/^ws/, "http").replace(/\/collab$/, "/graphql");
  return new Promise((resolve, reject) => {
    const asking = request(
      address,
      {
        agent,
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(QUERY),
          authorization: `Bearer ${token}`,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => {
          text += piece;
        });
        response.once("end", () =>
          text.startsWith('{"data":{"me":{"user"') ? resolve() : reject(new Error(`answered: ${text}`)),
        );
      },
    );
    asking.once("error", reject).end(QUERY);
  });
}
