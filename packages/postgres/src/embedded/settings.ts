/** How the embedded server is set up: small enough for a laptop, and as durable as any other Postgres. */
export const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  // No socket file: its path could be too long, and another user could wait at it.
  unix_socket_directories: "",
  // Each service of a process has connections of its own; most are closed most of the time.
  max_connections: "120",
  shared_buffers: "128MB",
  effective_cache_size: "1GB",
  work_mem: "8MB",
  maintenance_work_mem: "128MB",
  // This build has no LLVM, and queries are short.
  jit: "off",
  fsync: "on",
  synchronous_commit: "on",
  // As durable as the default, with one system call for a commit instead of two.
  wal_sync_method: "open_datasync",
  full_page_writes: "on",
  wal_compression: "on",
  wal_buffers: "16MB",
  min_wal_size: "128MB",
  max_wal_size: "1GB",
  // Bounds how much a start after a power cut has to replay.
  checkpoint_timeout: "5min",
  max_wal_senders: "4",
  random_page_cost: "1.1",
  timezone: "UTC",
  log_timezone: "UTC",
  log_destination: "stderr",
  logging_collector: "off",
  log_line_prefix: "%e ",
  log_checkpoints: "off",
  // Statements and row values are what people write; they belong into the record, not into a log.
  log_error_verbosity: "terse",
  log_min_error_statement: "panic",
};
