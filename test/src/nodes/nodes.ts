import { Collab } from "@onrecord/collab/collab";
import { Bus, type BusTransport } from "@onrecord/platform/bus";
import type { AppContext } from "@onrecord/platform/context";
import { Door } from "@onrecord/platform/door";
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
  const door = opening.use(new Door(context.log));
  const collab = opening.use(new Collab(context));
  collab.hang(door);
  await collab.start();
  const url = await door.listen(0, "127.0.0.1");
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
    new Bus(context.nodeId, transport, (err) => context.log.warn({ err }, "a bus message failed")),
  );
  await bus.start();
  return { ...context, bus };
}
