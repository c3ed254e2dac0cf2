import {
  AuthenticationError,
  BackstitchError,
  BadRequestError,
  CheckFailedError,
  ConflictError,
  ForbiddenError,
  NotFoundError,
  RateLimitError,
  RevisionMismatchError,
  ServerError,
  UnprocessableError,
} from './errors.ts';
import type { JsonObject } from './wire/json.ts';

/** The error that an answer stands for. Some bodies are a bare text: code and remedy stand in headers. */
export function errorFromAnswer(status: number, headers: Headers, text: string): BackstitchError {
  const body = parse(text);
  const data = isObject(body) && isObject(body.data) ? body.data : {};
  const code = headers.get('backstitch-error') ?? wordOf(body) ?? `Status${status}`;
  const remedy = decoded(headers.get('backstitch-remedy'));
  const message = messageOf(body) ?? (text.slice(0, 200) || `The server answered ${status}.`);
  return new (classFor(status, code))({
    message: withoutEnd(message, remedy),
    code,
    status,
    remedy,
    requestId: headers.get('x-request-id'),
    data,
    retryAfterSeconds: Number(headers.get('retry-after')) || null,
  });
}

function classFor(status: number, code: string): typeof BackstitchError {
  if (code === 'CheckFailed') return CheckFailedError;
  if (code === 'InvalidId' || status === 404) return NotFoundError;
  if (status >= 500) return ServerError;
  return classes[status] ?? BackstitchError;
}

const classes: Readonly<Record<number, typeof BackstitchError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: ForbiddenError,
  409: ConflictError,
  412: RevisionMismatchError,
  413: BadRequestError,
  415: BadRequestError,
  422: UnprocessableError,
  429: RateLimitError,
};

/** It is sent percent-encoded: headers take ASCII only. */
function decoded(header: string | null): string | null {
  try {
    return header && decodeURIComponent(header);
  } catch {
    return header;
  }
}

/** For those who see nothing but the message, it ends with the remedy. */
const withoutEnd = (message: string, end: string | null): string =>
  end !== null && message.endsWith(end) ? message.slice(0, -end.length).trimEnd() : message;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A code has no spaces; what the Import API calls `error` is a sentence. */
function wordOf(body: unknown): string | undefined {
  const word = isObject(body) ? body.error : undefined;
  return typeof word === 'string' && /^\w+$/.test(word) ? word : undefined;
}

function messageOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  if (!isObject(body)) return undefined;
  const inner = isObject(body.errors) ? body.errors.error : undefined;
  const ofError = isObject(body.error) ? body.error.message : undefined;
  return [body.message, inner, ofError, body.error].find((text) => typeof text === 'string') as
    | string
    | undefined;
}
