/** Every bound in one place: name, default, unit, and the variable that changes it. */
export const limitCatalogue = {
  frameBytes: {
    variable: "ONRECORD_MAX_FRAME_BYTES",
    value: 16 * 1024 * 1024,
    about:
      "largest WebSocket message from a client (bytes); a change from one that may edit: up to a document's limit",
  },
  updateBytes: {
    variable: "ONRECORD_MAX_UPDATE_BYTES",
    value: 8 * 1024 * 1024,
    about: "largest change (bytes); a larger one from a client is taken in parts",
  },
  updateStructs: {
    variable: "ONRECORD_MAX_UPDATE_STRUCTS",
    value: 250_000,
    about:
      "structs in one change: a few bytes each, and each costs time and memory; more from a client are taken in parts",
  },
  stagedBytes: {
    variable: "ONRECORD_MAX_STAGED_BYTES",
    value: 256 * 1024 * 1024,
    about:
      "large messages of editors that a node holds until they are committed (bytes); past it, the user who has most there is sent away to come back, close 1013",
  },
  documentBytes: {
    variable: "ONRECORD_MAX_DOCUMENT_BYTES",
    value: 64 * 1024 * 1024,
    about: "largest encoded state of one document (bytes)",
  },
  mergeSteps: {
    variable: "ONRECORD_MAX_MERGE_STEPS",
    value: 500_000,
    about:
      "items of others that the changes of a document have passed to find their places, beyond fifty for each change and one for each struct: each costs 0.2 to 0.5 µs again whenever it is loaded; past it, changes with any are refused, close 4413",
  },
  documentClients: {
    variable: "ONRECORD_MAX_DOCUMENT_CLIENTS",
    value: 100_000,
    about: "Yjs clientIDs that have written in one document",
  },
  stateVectorEntries: {
    variable: "ONRECORD_MAX_STATE_VECTOR_ENTRIES",
    value: 200_000,
    about: "entries of a state vector from a client",
  },
  gapAnswers: {
    variable: "ONRECORD_MAX_GAP_ANSWERS",
    value: 5,
    about: "answers in a row that build on what was never sent, before a client is closed 4400",
  },
  unknownMessages: {
    variable: "ONRECORD_MAX_UNKNOWN_MESSAGES",
    value: 10,
    about: "messages of unknown types from one client, before it is closed 4400",
  },
  awarenessBytes: {
    variable: "ONRECORD_MAX_AWARENESS_BYTES",
    value: 16 * 1024,
    about: "largest presence state of one client (bytes)",
  },
  awarenessClients: {
    variable: "ONRECORD_MAX_AWARENESS_CLIENTS",
    value: 16,
    about: "presence states one connection may own",
  },
  documentAwarenessBytes: {
    variable: "ONRECORD_MAX_DOCUMENT_AWARENESS_BYTES",
    value: 2 * 1024 * 1024,
    about: "all presence states of one document on a node (bytes); what is over it is not shown",
  },
  queueBytes: {
    variable: "ONRECORD_MAX_QUEUE_BYTES",
    value: 8 * 1024 * 1024,
    about: "bytes waiting for one slow reader before it is closed 4503",
  },
  changesPerSecond: {
    variable: "ONRECORD_MAX_CHANGES_PER_SECOND",
    value: 5000,
    about: "messages read from one editor socket in a second; the rest waits in the socket",
  },
  bytesPerSecond: {
    variable: "ONRECORD_MAX_BYTES_PER_SECOND",
    value: 8 * 1024 * 1024,
    about: "bytes read from one editor socket in a second; the rest waits in the socket",
  },
  uncommittedChanges: {
    variable: "ONRECORD_MAX_UNCOMMITTED_CHANGES",
    value: 2000,
    about:
      "changes of one editor socket that may wait for their commit; then it is not read until half of them are durable",
  },
  workPerSecond: {
    variable: "ONRECORD_MAX_WORK_PER_SECOND",
    value: 500,
    about:
      "time of a node's thread that one editor socket may take in a second (milliseconds); then it waits",
  },
  connectionsPerDocument: {
    variable: "ONRECORD_MAX_CONNECTIONS_PER_DOCUMENT",
    value: 1000,
    about: "open connections on one document per node",
  },
  connectionsPerUser: {
    variable: "ONRECORD_MAX_CONNECTIONS_PER_USER",
    value: 200,
    about: "open connections of one user per node",
  },
  admissions: {
    variable: "ONRECORD_MAX_ADMISSIONS",
    value: 1000,
    about: "sockets that wait to be admitted, per node",
  },
  admissionSeconds: {
    variable: "ONRECORD_MAX_ADMISSION_SECONDS",
    value: 15,
    about: "how long a socket may wait to be admitted, whatever it sends (seconds)",
  },
  rooms: { variable: "ONRECORD_MAX_ROOMS", value: 10_000, about: "documents held open by one node" },
  requestBytes: {
    variable: "ONRECORD_MAX_REQUEST_BYTES",
    value: 32 * 1024 * 1024,
    about: "largest GraphQL request body (bytes): an import, from somebody who is signed in",
  },
  operationBytes: {
    variable: "ONRECORD_MAX_OPERATION_BYTES",
    value: 1024 * 1024,
    about: "largest GraphQL request body of what is no import (bytes)",
  },
  strangerBytes: {
    variable: "ONRECORD_MAX_STRANGER_BYTES",
    value: 64 * 1024,
    about: "largest GraphQL request body of somebody who is not signed in (bytes)",
  },
  heldBytes: {
    variable: "ONRECORD_MAX_HELD_BYTES",
    value: 256 * 1024 * 1024,
    about:
      "request bodies that a node holds at once, each beyond its first 64 KiB (bytes); one person has at most a quarter; past it, RATE_LIMITED or 503",
  },
  queryBytes: {
    variable: "ONRECORD_MAX_QUERY_BYTES",
    value: 128 * 1024,
    about: "longest text of a GraphQL operation, without its variables (characters)",
  },
  imports: {
    variable: "ONRECORD_MAX_IMPORTS",
    value: 2,
    about:
      "pages that a node reads into filings at once, one of a person: with one, a slow page keeps all others waiting",
  },
  importSeconds: {
    variable: "ONRECORD_MAX_IMPORT_SECONDS",
    value: 120,
    about: "how long the reading of one page may take (seconds)",
  },
  importMegabytes: {
    variable: "ONRECORD_MAX_IMPORT_MEGABYTES",
    value: 1024,
    about: "memory that the reading of one page may take (MiB)",
  },
  importsWaitingPerUser: {
    variable: "ONRECORD_MAX_IMPORTS_WAITING_PER_USER",
    value: 4,
    about: "pages of one person that wait to be read, per node",
  },
  importsWaiting: {
    variable: "ONRECORD_MAX_IMPORTS_WAITING",
    value: 64,
    about: "pages that wait to be read, per node; past it, who has most waiting makes room",
  },
  importBytesWaiting: {
    variable: "ONRECORD_MAX_IMPORT_BYTES_WAITING",
    value: 256 * 1024 * 1024,
    about: "pages that wait to be read, per node (bytes); past it, who has most waiting makes room",
  },
  readings: {
    variable: "ONRECORD_MAX_READINGS",
    value: 2,
    about:
      "large documents that a node reads at once (content, downloads, differences, authors, restores), one of a person",
  },
  readingSeconds: {
    variable: "ONRECORD_MAX_READING_SECONDS",
    value: 60,
    about: "how long the reading of one large document may take (seconds)",
  },
  readingMegabytes: {
    variable: "ONRECORD_MAX_READING_MEGABYTES",
    value: 1024,
    about: "memory that the reading of one large document may take (MiB)",
  },
  readingsWaiting: {
    variable: "ONRECORD_MAX_READINGS_WAITING",
    value: 200,
    about: "readings of large documents that wait, per node; past it, who has most waiting makes room",
  },
  readingsWaitingPerUser: {
    variable: "ONRECORD_MAX_READINGS_WAITING_PER_USER",
    value: 200,
    about: "readings of content of one person that wait, large or small, per node",
  },
  openDownloads: {
    variable: "ONRECORD_MAX_OPEN_DOWNLOADS",
    value: 100,
    about: "download links of one person that wait to be used",
  },
  queryDepth: {
    variable: "ONRECORD_MAX_QUERY_DEPTH",
    value: 15,
    about: "deepest nesting of a GraphQL operation",
  },
  queryTokens: { variable: "ONRECORD_MAX_QUERY_TOKENS", value: 2000, about: "tokens of a GraphQL operation" },
  subscriptionsPerUser: {
    variable: "ONRECORD_MAX_SUBSCRIPTIONS_PER_USER",
    value: 100,
    about: "open GraphQL subscriptions of one user per node",
  },
  attributedVersions: {
    variable: "ONRECORD_MAX_ATTRIBUTED_VERSIONS",
    value: 1_000_000,
    about: "longest history that is read to tell who wrote what (versions)",
  },
  attributionEntries: {
    variable: "ONRECORD_MAX_ATTRIBUTION_ENTRIES",
    value: 2_000_000,
    about: "what is kept in memory of who wrote what, over all documents (entries of about 50 bytes)",
  },
  replayedVersions: {
    variable: "ONRECORD_MAX_REPLAYED_VERSIONS",
    value: 20_000,
    about: "versions over which deleted text is told with an attribution",
  },
  diffPieces: {
    variable: "ONRECORD_MAX_DIFF_PIECES",
    value: 100_000,
    about: "runs, values and elements in one answer about differences or authors",
  },
  sessionHours: { variable: "ONRECORD_SESSION_HOURS", value: 12, about: "life of a session (hours)" },
  sessionIdleMinutes: {
    variable: "ONRECORD_SESSION_IDLE_MINUTES",
    value: 60,
    about: "how long a session may lie unused before it ends (minutes)",
  },
  connectSeconds: {
    variable: "ONRECORD_MAX_CONNECT_SECONDS",
    value: 10,
    about: "how long a connection to the database may take to be made (seconds)",
  },
  answerSeconds: {
    variable: "ONRECORD_MAX_ANSWER_SECONDS",
    value: 10,
    about:
      "how long what everybody waits for (the commit of edits, the looks at rights, hints, `/readyz`) waits for the database, before its connection is given up and made anew (seconds)",
  },
  statementSeconds: {
    variable: "ONRECORD_MAX_STATEMENT_SECONDS",
    value: 120,
    about:
      "how long any other statement of a service may take (seconds); while the database is silent, no longer than `ONRECORD_MAX_ANSWER_SECONDS`",
  },
  lockSeconds: {
    variable: "ONRECORD_MAX_LOCK_SECONDS",
    value: 30,
    about: "how long a statement may wait for what another transaction holds (seconds)",
  },
  poolWaitSeconds: {
    variable: "ONRECORD_MAX_POOL_WAIT_SECONDS",
    value: 30,
    about: "how long a statement may wait for a free connection (seconds)",
  },
  idleTransactionSeconds: {
    variable: "ONRECORD_MAX_IDLE_TRANSACTION_SECONDS",
    value: 30,
    about:
      "how long a transaction may be left alone before Postgres ends it, so that a machine that is lost holds nothing (seconds)",
  },
  stopSeconds: {
    variable: "ONRECORD_MAX_STOP_SECONDS",
    value: 25,
    about:
      "how long a process that was asked to end may take; then it tells what it could not do, and ends (seconds)",
  },
  poolShared: {
    variable: "ONRECORD_POOL_SHARED",
    value: 12,
    about: "connections to the database for what all services of a process share",
  },
  poolIdentity: {
    variable: "ONRECORD_POOL_IDENTITY",
    value: 6,
    about: "connections of the identity subgraph, where it has its own login or role",
  },
  poolPermissions: {
    variable: "ONRECORD_POOL_PERMISSIONS",
    value: 6,
    about: "connections of the permissions subgraph, likewise",
  },
  poolDocuments: {
    variable: "ONRECORD_POOL_DOCUMENTS",
    value: 12,
    about: "connections of the documents subgraph, likewise",
  },
  poolAudit: {
    variable: "ONRECORD_POOL_AUDIT",
    value: 6,
    about: "connections of the audit subgraph, likewise",
  },
  poolCollab: {
    variable: "ONRECORD_POOL_COLLAB",
    value: 12,
    about: "connections of the collaboration server, likewise, beside the one for commits",
  },
  poolGateway: {
    variable: "ONRECORD_POOL_GATEWAY",
    value: 6,
    about: "connections of the gateway, likewise",
  },
} as const;

export type LimitName = keyof typeof limitCatalogue;
export type Limits = Readonly<Record<LimitName, number>>;

/** Reads the limits, each a positive whole number, and reports a sentence for each that is not. */
export function readLimits(
  env: Readonly<Record<string, string | undefined>>,
  fault: (sentence: string) => void,
): Limits {
  const entries = Object.entries(limitCatalogue).map(([name, { variable, value }]) => {
    const raw = env[variable]?.trim();
    const number = raw ? Number(raw) : value;
    if (!Number.isSafeInteger(number) || number <= 0)
      fault(`${variable} must be a positive whole number; it is "${raw}".`);
    else if (number > mostOf(variable))
      fault(`${variable} may be ${mostOf(variable)} at most; it is "${raw}".`);
    return [name, number] as const;
  });
  return Object.fromEntries(entries) as Limits;
}

/** What timers, and Postgres, count in milliseconds of 31 bits; what a pool may have is far beyond what a server takes. */
function mostOf(variable: string): number {
  if (variable.endsWith("_SECONDS")) return 1_000_000;
  if (variable.endsWith("_MINUTES")) return 30_000;
  // The database lets no session last longer (migration 035).
  if (variable.endsWith("_HOURS")) return 366 * 24;
  return variable.startsWith("ONRECORD_POOL_") ? 1000 : Number.MAX_SAFE_INTEGER;
}
