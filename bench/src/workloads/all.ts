import { burst } from "./burst.js";
import { coldOpen } from "./cold-open.js";
import { conversation } from "./conversation.js";
import { crowd } from "./crowd.js";
import { idle } from "./idle.js";
import { joinStorm } from "./join-storm.js";
import { lonely } from "./lonely.js";
import { manyDocuments } from "./many-documents.js";
import { openDocuments } from "./memory.js";
import { presence, steadyPresence } from "./presence.js";
import { steady } from "./steady.js";
import { turns } from "./turns.js";
import { typists } from "./typists.js";
import type { Workload } from "./workload.js";

/** Every workload, in the order of the report. */
export const workloads: readonly Workload[] = [
  crowd,
  manyDocuments,
  steady,
  lonely,
  turns,
  typists,
  idle,
  burst,
  presence,
  steadyPresence,
  joinStorm,
  coldOpen,
  conversation,
  openDocuments,
];
