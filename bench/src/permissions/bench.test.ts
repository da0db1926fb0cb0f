import { expect, it } from "vitest";
import { compile } from "../compile.js";
import type { Run } from "../matrix.js";
import { measurePermissions } from "./bench.js";
import { permissionsTable } from "./report.js";

it("changes of rights close whom they concern, and everybody else types on", {
  timeout: 240_000,
}, async () => {
  compile();
  const runs: Run[] = [];
  await measurePermissions({
    settings: { scale: 0.01, seed: 7 },
    rounds: 1,
    signal: new AbortController().signal,
    onStep: () => undefined,
    onRound: (round, numbers) => runs.push({ server: "onrecord", round, outcome: { ok: true, numbers } }),
  });
  expect(runs).toHaveLength(1);
  expect(permissionsTable(runs)).toMatch(/its sockets \| \*\*15\*\*/);
});
