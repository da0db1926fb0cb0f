/** One instruction of a Dockerfile, with the stage that it belongs to. */
export interface Instruction {
  readonly stage: string;
  readonly word: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile in order: comments gone, continued lines joined. The last stage, without a name, is "final". */
export function readDockerfile(text: string): Instruction[] {
  const lines = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  let stage = "";
  return lines.map((line) => {
    const [, word = "", rest = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (word === "FROM") stage = / AS (\w+)$/.exec(rest)?.[1] ?? "final";
    return { stage, word, rest };
  });
}

/** What is wrong with a Dockerfile, as far as reading tells: a sentence for each fault. */
export function dockerfileFaults(text: string): string[] {
  const all = readDockerfile(text);
  const final = all.filter(({ stage }) => stage === "final");
  const of = (word: string, where = final) => where.filter((it) => it.word === word).map(({ rest }) => rest);
  const faults: string[] = [];
  const stages = new Set(all.map(({ stage }) => stage));
  for (const from of of("FROM", all)) {
    const [image = ""] = from.split(" ");
    if (!stages.has(image) && !/:\d+\.\d+\.\d+/.test(image)) faults.push(`${image} is no exact tag.`);
  }
  if (["", "root", "0"].includes(of("USER").at(-1) ?? "")) faults.push("The image runs as root.");
  if (!of("HEALTHCHECK").join().includes("/healthz"))
    faults.push("The health check does not ask whether the process lives.");
  for (const copy of of("COPY"))
    if (!copy.startsWith("--from=")) faults.push(`The image is given the sources: COPY ${copy}`);
  for (const word of ["CMD", "ENTRYPOINT"])
    for (const rest of of(word))
      if (!rest.startsWith("[")) faults.push(`${word} goes through a shell, which keeps signals to itself.`);
  if (of("ADD", all).length > 0) faults.push("ADD unpacks and fetches: COPY does not.");
  // A layer that installs is kept as long as what stands before it is the same: nothing but manifests may.
  for (const stage of stages) {
    const steps = all.filter((it) => it.stage === stage);
    const installs = steps.findIndex(({ word, rest }) => word === "RUN" && /\bnpm (ci|install)\b/.test(rest));
    if (
      steps
        .slice(0, Math.max(installs, 0))
        .some(({ word, rest }) => word === "COPY" && !rest.startsWith("--from=manifests "))
    )
      faults.push(`The stage ${stage} copies more than manifests before it installs.`);
  }
  return faults;
}
