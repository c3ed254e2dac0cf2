import type { CheckStep } from './wire/check.ts';
import type { JsonObject } from './wire/json.ts';

/** What all errors of this package have. */
interface ErrorFacts {
  readonly message: string;
  /** The server's word for it (`InvalidProperties`, `RevisionMismatch` …), for programs. */
  readonly code: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** What helps, where the server says so. */
  readonly remedy: string | null;
  /** Names the request in the log of the server. */
  readonly requestId: string | null;
  /** Facts that the server gives along: `bad_properties`, `report_card`, `steps` … */
  readonly data: JsonObject;
  /** When the server asks to be asked again, in seconds; null where it does not. */
  readonly retryAfterSeconds?: number | null;
  readonly cause?: unknown;
}

export class BackstitchError extends Error implements ErrorFacts {
  override readonly name: string = 'BackstitchError';
  readonly code: string;
  readonly status: number;
  readonly remedy: string | null;
  readonly requestId: string | null;
  readonly data: JsonObject;
  readonly retryAfterSeconds: number | null;

  constructor({ message, code, status, remedy, requestId, data, retryAfterSeconds, cause }: ErrorFacts) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.remedy = remedy;
    this.requestId = requestId;
    this.data = data;
    this.retryAfterSeconds = retryAfterSeconds ?? null;
  }
}

/** The server did not answer: it cannot be reached, or the connection broke. Whether it acted is not known. */
export class ConnectionError extends BackstitchError {
  override readonly name = 'ConnectionError';
}

/** No answer, or no end of what was waited for, came in time. */
export class TimeoutError extends BackstitchError {
  override readonly name = 'TimeoutError';
}

/** 400, 413, 415: the request is wrong, and will be when it is repeated. */
export class BadRequestError extends BackstitchError {
  override readonly name = 'BadRequestError';
  /** Names of the properties that do not match their form. */
  get badProperties(): readonly string[] {
    const names = this.data.bad_properties;
    return Array.isArray(names) ? names.map(String) : [];
  }
}

/** 401: the token is missing, unknown or revoked, or the session has ended. */
export class AuthenticationError extends BackstitchError {
  override readonly name = 'AuthenticationError';
}

/** 403: the credentials are right, but do not reach that far. */
export class ForbiddenError extends BackstitchError {
  override readonly name = 'ForbiddenError';
}

/** There is no such thing in this account. */
export class NotFoundError extends BackstitchError {
  override readonly name = 'NotFoundError';
}

/** 409: somebody else changed it meanwhile; read it anew and decide again. */
export class ConflictError extends BackstitchError {
  override readonly name = 'ConflictError';
}

/** 412: it is no longer at the revision that was given. */
export class RevisionMismatchError extends BackstitchError {
  override readonly name = 'RevisionMismatchError';
}

/** 422: an idempotency key was used for something else before. */
export class UnprocessableError extends BackstitchError {
  override readonly name = 'UnprocessableError';
}

/** 422: nothing was changed, because the check of the new settings failed. */
export class CheckFailedError extends BackstitchError {
  override readonly name = 'CheckFailedError';
  get steps(): readonly CheckStep[] {
    return (this.data.steps ?? []) as unknown as readonly CheckStep[];
  }
}

/** 429: a limit is used up. */
export class RateLimitError extends BackstitchError {
  override readonly name = 'RateLimitError';
}

/** 5xx: the server cannot do it now; the same may work later. */
export class ServerError extends BackstitchError {
  override readonly name = 'ServerError';
}
