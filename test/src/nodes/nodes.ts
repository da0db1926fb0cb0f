import { Bus, type BusTransport } from "@onrecord/bus/bus";
import { Collab } from "@onrecord/collab/collab";
import type { AppContext } from "@onrecord/context/context";
import { HttpServer } from "@onrecord/http/http-server";
import type { TestContext } from "@onrecord/testing/database";

/** A collaboration server of its own, in this process, with its own connections to the one database. */
export interface Node extends AsyncDisposable {
  readonly context: AppContext;
  readonly collab: Collab;
  readonly url: string;
}

/** Starts a node; with `makeTransport` it hears the others through that instead of the configured bus. */
export async function startNode(
  on: TestContext,
  makeTransport?: (context: AppContext) => BusTransport,
): Promise<Node> {
  await using opening = new AsyncDisposableStack();
  const own = opening.use(await on.another());
  const context = makeTransport ? await withBus(own, makeTransport(own), opening) : own;
  const http = opening.use(new HttpServer(context.log));
  const collab = opening.use(new Collab(context));
  collab.mount(http);
  await collab.start();
  const url = await http.listen(0, "127.0.0.1");
  const opened = opening.move();
  return {
    context,
    collab,
    url,
    [Symbol.asyncDispose]: async () => {
      await collab.drain();
      await opened.disposeAsync();
    },
  };
}

async function withBus(
  context: AppContext,
  transport: BusTransport,
  opening: AsyncDisposableStack,
): Promise<AppContext> {
  const bus = opening.use(
    new Bus(
      context.nodeId,
      transport,
      (err) => context.log.warn({ err }, "a bus message failed"),
      context.serviceSecret,
    ),
  );
  await bus.start();
  return { ...context, bus };
}
