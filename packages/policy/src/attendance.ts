import type { IncomingMessage } from "node:http";

/** The header by which a page says that nobody has touched it for a while: what it sends is its own doing, not a person's. */
export const UNATTENDED_HEADER = "x-onrecord-unattended";

/**
 * Whether a request is one of somebody who uses their session. A page sends by itself too (it follows what others do, and comes back
 * after a broken line), and says so; a program has nobody sitting before it, and whatever it does is its use.
 */
export function isUse(request: IncomingMessage): boolean {
  return request.headers[UNATTENDED_HEADER] === undefined;
}
