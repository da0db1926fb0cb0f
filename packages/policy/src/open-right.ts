import { AppError } from "@onrecord/core/errors";
import type { ObjectKind } from "@onrecord/ledger/events/catalogue";
import type { Guard } from "./guard.js";
import type { Action } from "./levels.js";
import type { LiveRight } from "./live-right.js";
import type { LiveRights } from "./live-rights.js";
import { onRecord } from "./on-record.js";
import type { Caller, Principal } from "./principal.js";

/** What a stream is opened with. */
export interface StreamHost {
  readonly guard: Guard;
  readonly rights: LiveRights;
}

/** A caller's right to a stream, for as long as that is open: decided anew whenever what it rests on has changed. */
export class OpenRight {
  #right: LiveRight | undefined;

  private constructor(
    private readonly host: StreamHost,
    private readonly caller: Caller,
    private readonly action: Action,
    private readonly object: { readonly kind: ObjectKind; readonly id: string },
    private readonly ended: string | undefined,
  ) {}

  /**
   * Lets the caller through or throws as `Guard.authorize` does. `onChange` is called when the right was decided anew; `ended` is what is
   * said (FORBIDDEN) when it is gone, instead of what somebody would be told who comes then.
   */
  static async open(
    host: StreamHost,
    caller: Caller,
    action: Action,
    object: { readonly kind: ObjectKind; readonly id: string },
    { onChange = () => undefined, ended }: { onChange?: () => void; ended?: string } = {},
  ): Promise<OpenRight> {
    await host.guard.authorize(caller, action, object);
    const { sessionId } = host.guard.requirePrincipal(caller);
    const open = new OpenRight(host, caller, action, object, ended);
    open.#right = await host.rights.open(sessionId, object.id, { renewed: onChange });
    return open;
  }

  /**
   * To be awaited before anything is shown that was read at this permission revision. Throws when the right is gone: FORBIDDEN, or
   * UNAUTHENTICATED with the session.
   */
  async check(revision: number): Promise<void> {
    const right = this.#right!;
    await right.upTo(revision);
    const { standing } = right;
    if (standing === null) throw new AppError("UNAUTHENTICATED", "Your session has ended; sign in again.");
    const { guard } = this.host;
    const decision = guard.decisions.judgeEach(standing, [this.action])[this.action]!;
    if (decision.allow) return;
    const caller = { ...this.caller, principal: standing.principal };
    const denied = await guard.deny(caller, this.action, this.object, decision);
    throw this.ended === undefined
      ? denied
      : onRecord(new AppError("FORBIDDEN", this.ended, { reasons: decision.reasons }));
  }

  /** Whose it is, as they were when it was decided last; null when their session has ended. */
  get principal(): Principal | null {
    return this.#right?.standing?.principal ?? null;
  }

  /** Makes the stream; gives the right back when that fails. */
  async during<T>(make: () => Promise<T>): Promise<T> {
    try {
      return await make();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Gives the right back: the stream is closed. */
  close(): void {
    this.#right?.release();
  }
}
