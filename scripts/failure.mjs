/** A fault that its sentence explains fully: shown without a stack. */
export class Failure extends Error {}

/** Runs a script's body; a failure becomes one sentence on standard error and exit code 1. */
export async function main(body) {
  try {
    await body();
  } catch (err) {
    if (!(err instanceof Failure)) throw err;
    process.stderr.write(`${err.message}\n`);
    process.exitCode = 1;
  }
}
