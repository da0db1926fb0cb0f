import { AppError } from "@onrecord/core/errors";
import type { OpenRight } from "@onrecord/policy/open-right";
import { abortable } from "./abortable.js";
import type { Feed } from "./feed.js";

/** What a subscription is told: an event, or why there will be no more. */
export type FeedEvent<Event> = Event | AppError;

/** Follows a feed for one subscriber: what passes the filter, each time only while the right to it stands. */
export function events<Item, Position, Event>(
  feed: Feed<Item, Position>,
  options: {
    after: Position;
    right: OpenRight;
    wanted: (item: Item) => boolean;
    present: (item: Item) => Event;
  },
): AsyncIterableIterator<FeedEvent<Event>> {
  return abortable(
    async function* (signal): AsyncGenerator<FeedEvent<Event>, void, void> {
      try {
        for await (const { items, revision } of feed.follow(options.after, signal)) {
          await options.right.check(revision);
          for (const item of items) {
            if (!options.wanted(item)) continue;
            // A slow reader may take the next item of a batch long after the batch was read.
            await options.right.check(feed.revision);
            // What they are told hangs on who they are by now.
            if (!options.wanted(item)) continue;
            yield options.present(item);
          }
        }
      } catch (error) {
        // Told as an event, since an error of the stream itself would reach the client without its code.
        if (!(error instanceof AppError)) throw error;
        yield error;
      } finally {
        options.right.close();
      }
    },
    () => options.right.close(),
  );
}

/** The event of a subscription's resolver; throws when it is the reason for the end. */
export function feedEvent<Event>(event: FeedEvent<Event>): Event {
  if (event instanceof AppError) throw event;
  return event;
}
