import { Failure } from "./failure.mjs";
import { environment, root } from "./prepare.mjs";
import { quietly } from "./quietly.mjs";

/** What runs: the command with every service, and the web app that the gateway serves. */
const product = ["--filter=@onrecord/cli...", "--filter=@onrecord/web..."];

/** Builds the product. Turborepo skips what has not changed: a second call takes a fraction of a second. */
export async function build(node, filters = product) {
  const args = ["run", "build", "--output-logs=errors-only", "--log-order=grouped", ...filters];
  const { code, output } = await quietly("Building", "turbo", args, { cwd: root, env: environment(node) });
  if (code !== 0) throw new Failure(`The build failed:\n${output.trim()}`);
}
