// Loaded into the server's process before anything else (`node --expose-gc --import`): tells whoever started it what is still
// in use after a collection, which the process itself has no reason to offer.
process.on("message", () => {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send({ heapUsed, external, rss, cpu: (user + system) / 1000 });
});
process.channel?.unref();
