/** Every code an Onrecord error may carry, with its HTTP status and what its reader should do next. */
export const errorCatalogue = {
  UNAUTHENTICATED: {
    status: 401,
    remedy: "Sign in, or send a session token as `Authorization: Bearer <token>`.",
  },
  FORBIDDEN: {
    status: 403,
    remedy: "Ask someone who manages this resource for access; the reasons say what is missing.",
  },
  NOT_FOUND: {
    status: 404,
    remedy: "Check the id; what you may not know of looks the same as what does not exist.",
  },
  GONE: { status: 410, remedy: "It was destroyed for good; what is known about it is on the record." },
  BAD_USER_INPUT: { status: 400, remedy: "Correct the input and send it again." },
  CONFLICT: { status: 409, remedy: "Read the current state and try again." },
  RATE_LIMITED: { status: 429, remedy: "Wait a little and try again." },
  BAD_CONFIG: { status: 500, remedy: "Correct the configuration and start again." },
  UNAVAILABLE: { status: 503, remedy: "Try again in a few seconds." },
  INTERNAL: { status: 500, remedy: "Tell your administrator the request id." },
} as const;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;

/** An error that may be shown to whoever caused it: its message never carries what they may not know. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  /** Why, in the order of importance: policy ids with their sentences, or the faults of an input. */
  readonly reasons: readonly Reason[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; reasons?: readonly Reason[] } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.reasons = options.reasons ?? [];
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** One reason of a refusal: a stable id for programs and a sentence for people. */
export interface Reason {
  readonly id: string;
  readonly text: string;
}
