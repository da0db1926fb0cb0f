import { AppError } from "@onrecord/core/errors";
import { abortable } from "./abortable.js";
import type { Feed } from "./feed.js";
import type { Permit } from "./permit.js";

/** What a subscription is told: an event, or why there will be no more. */
export type Told<Event> = Event | AppError;

/** Follows a feed for one subscriber: what passes the filter, each time only after the permit still holds. */
export function events<Item, Position, Event>(
  feed: Feed<Item, Position>,
  options: {
    after: Position;
    permit: Permit;
    wanted: (item: Item) => boolean;
    present: (item: Item) => Event;
  },
): AsyncIterableIterator<Told<Event>> {
  return abortable(async function* (signal): AsyncGenerator<Told<Event>, void, void> {
    try {
      for await (const { items, revision } of feed.follow(options.after, signal)) {
        await options.permit(revision);
        for (const item of items) {
          if (!options.wanted(item)) continue;
          // A slow reader may take the next item of a batch long after the batch was read.
          await options.permit(feed.revision);
          yield options.present(item);
        }
      }
    } catch (error) {
      // Told as an event, since an error of the stream itself would reach the client without its code.
      if (!(error instanceof AppError)) throw error;
      yield error;
    }
  });
}

/** The event of a subscription's resolver; throws when it is the reason for the end. */
export function toldEvent<Event>(told: Told<Event>): Event {
  if (told instanceof AppError) throw told;
  return told;
}
