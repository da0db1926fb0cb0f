import { Fleet } from "../load/fleet.js";
import { scaled } from "../load/job.js";
import { Random } from "../load/random.js";
import { Typist } from "../load/typist.js";
import { memory } from "../measure/process-tree.js";
import type { Workload } from "./workload.js";

const DOCUMENTS = 1000;
const CONNECTIONS = 1000;
const CHARACTERS = 2000;
/** Documents and connections that come before anything is weighed: the first of everything costs more. */
const WARM_UP = 50;
/** A Yjs update that changes nothing. */
const nothing = Uint8Array.of(0, 0);

/** Resident memory. */
export const openDocuments: Workload = {
  name: "memory",
  about: `Resident memory: of ${DOCUMENTS} open documents of ${CHARACTERS} characters with one editor each, and of ${CONNECTIONS} idle connections to one document.`,
  columns: [
    { key: "document", label: "kB per open document", better: "lower", digits: 1 },
    { key: "connection", label: "kB per idle connection", better: "lower", digits: 1 },
    { key: "start", label: "MB at start", better: "lower", digits: 0 },
    { key: "documents", label: "MB with all documents", better: "lower", digits: 0 },
    { key: "connections", label: "MB with all connections", better: "lower", digits: 0 },
  ],
  documents: (settings) => scaled(DOCUMENTS, settings, 10) + WARM_UP,
  limits: {
    ONRECORD_MAX_CONNECTIONS_PER_USER: "100000",
    ONRECORD_MAX_CONNECTIONS_PER_DOCUMENT: "100000",
  },
  /** Making a thousand documents leaves a server with garbage, and with room in its heap that would hide what comes: it restarts. */
  seed: async () => undefined,
  async run(target, settings) {
    using fleet = new Fleet(target);
    const random = new Random(settings.seed);
    const weigh = async () => {
      // Time to tidy up.
      await fleet.wait(settings.seconds * 500);
      return memory(target.pid);
    };
    const fill = async (documents: readonly string[]) => {
      for (const client of await fleet.open(documents)) {
        const typist = new Typist(random.clientId());
        for (let i = 0; i < CHARACTERS; i++) typist.next();
        client.sendUpdate(typist.everything());
      }
    };
    const many = target.documents.slice(WARM_UP);
    await fill(target.documents.slice(0, WARM_UP));
    const start = await weigh();
    await fill(many);
    const documents = await weigh();
    const idle = scaled(CONNECTIONS, settings, 10);
    const clients = await fleet.open(new Array<string>(idle).fill(many[0]!));
    for (const client of clients) client.sendUpdate(nothing);
    const connections = await weigh();
    const megabyte = 1024 * 1024;
    return {
      document: (documents - start) / many.length / 1024,
      connection: (connections - documents) / idle / 1024,
      start: start / megabyte,
      documents: documents / megabyte,
      connections: connections / megabyte,
    };
  },
};
