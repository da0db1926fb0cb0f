import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A port of 127.0.0.1 that is free at this moment: the preferred one if it is, else any. */
export async function findFreePort(preferred?: number): Promise<number> {
  for (const port of preferred === undefined ? [0] : [preferred, 0]) {
    const server = createServer().listen({ host: "127.0.0.1", port, exclusive: true });
    try {
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    } catch (err) {
      if (port === 0) throw err;
    } finally {
      server.close();
    }
  }
  throw new Error("unreachable: port 0 either listens or throws");
}
