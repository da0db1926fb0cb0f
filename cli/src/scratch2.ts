import { replay } from "./commands/replay.js";
await replay("/work/shared/data/traces/clownschool.json.gz", process.argv[2] ? { speed: Number(process.argv[2]) } : {});
process.exit(process.exitCode ?? 0);
