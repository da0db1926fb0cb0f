import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where a package's test run leaves its results, seen from the package. */
export const resultsFile = join(".turbo", "test-results.json");

/** A vitest reporter that leaves counts, failures, and skipped tests with their reasons for the summary of `npm test`. */
export default class ResultsReporter {
  #root = process.cwd();

  onInit(vitest) {
    this.#root = vitest.config.root;
  }

  onTestRunEnd(modules, unhandledErrors) {
    const results = { passed: 0, failed: [], skipped: [] };
    for (const module of modules) {
      // A file that cannot be imported, or a hook of a suite that throws, has no failing test to show for it.
      for (const suite of [module, ...module.children.allSuites()]) {
        if (suite.errors().length > 0) results.failed.push(suite.fullName ?? module.relativeModuleId);
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") results.passed++;
        else if (result.state === "failed") results.failed.push(test.fullName);
        else results.skipped.push({ name: test.fullName, reason: result.note ?? "no reason given" });
      }
    }
    for (const error of unhandledErrors) results.failed.push(`unhandled: ${error.message}`);

    const file = join(this.#root, resultsFile);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(results, undefined, 2));
  }
}
