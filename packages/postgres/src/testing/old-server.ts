import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { Transform } from "node:stream";
import pg from "pg";

/** A server that says of itself that it is a Postgres 14: one in between changes that number alone. */
export async function startOldServer(url: string): Promise<AsyncDisposable & { readonly url: string }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ version: string }>(
    "select current_setting('server_version_num') as version",
  );
  await client.end();
  const [is, says] = [rows[0]!.version, "140000"];
  const { hostname, port } = new URL(url);
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far])
      socket.on("error", () => [near, far].forEach((one) => void one.destroy()));
    const change = new Transform({
      transform: (chunk: Buffer, _encoding, done) =>
        done(null, Buffer.from(chunk.toString("latin1").replaceAll(is, says), "latin1")),
    });
    near.pipe(far);
    far.pipe(change).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: through.href,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}
