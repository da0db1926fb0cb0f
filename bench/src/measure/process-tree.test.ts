import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { canMeasure, memory, peakMemory, usage } from "./process-tree.js";

describe.runIf(canMeasure)("a process tree", () => {
  it("counts children, also ended ones, apart from the process itself", async () => {
    const burn = "while (process.cpuUsage().user < 200_000);";
    const script = `require("child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(burn)}]);
      require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      console.log("done"); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ["-e", script], {
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    try {
      await once(child.stdout, "data");
      const { main, others } = usage(child.pid!);
      expect(others).toBeGreaterThan(0.1);
      expect(main).toBeGreaterThan(0);
      expect(memory(child.pid!)).toBeGreaterThan(10 * 1024 * 1024);
      expect(peakMemory(child.pid!)).toBeGreaterThan(10 * 1024 * 1024);
    } finally {
      process.kill(-child.pid!, "SIGKILL");
    }
  });

  it("is empty for a process that is gone", () => {
    expect(usage(2 ** 30)).toEqual({ main: 0, others: 0 });
    expect(memory(2 ** 30)).toBe(0);
  });
});
