import { statfs } from "node:fs/promises";
import { Gauge, type Registry } from "prom-client";

/** How much room the disk of the data directory has: that of the keys, and of the embedded Postgres. */
export function diskMetrics(metrics: Registry, dataDir: string): void {
  const gauge = (name: string, help: string, read: (blocks: { bavail: number; blocks: number }) => number) =>
    new Gauge({
      name,
      help,
      registers: [metrics],
      async collect() {
        const disk = await statfs(dataDir).catch(() => null);
        if (disk === null) this.remove();
        else this.set(read(disk) * disk.bsize);
      },
    });
  gauge(
    "onrecord_data_disk_free_bytes",
    "room on the disk of the data directory that this user may still fill",
    ({ bavail }) => bavail,
  );
  gauge("onrecord_data_disk_size_bytes", "size of the disk of the data directory", ({ blocks }) => blocks);
}
