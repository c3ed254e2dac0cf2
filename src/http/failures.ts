import { codes } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';

/** A limit was used up; `seconds` until it may be tried again go into Retry-After. */
export const tooManyRequests = (message: string, seconds: number): Failure =>
  new Failure('TooManyRequests', message, {
    remedy: `Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    data: { retryAfterSeconds: seconds },
  });

/** Seconds for the Retry-After header: what the failure says, or a guess where the same call may succeed later. */
export function retryAfterSeconds(failure: Failure): number | null {
  const said = failure.data.retryAfterSeconds;
  if (typeof said === 'number' && said > 0) return Math.ceil(said);
  if (failure.code === 'TooManyRequests') return 60;
  if (!codes[failure.code].retry || failure.code === 'InternalError') return null;
  return failure.status === 503 ? 5 : 1;
}

/** Whatever ended a request, as a failure that may be shown. */
export function failureFrom(error: unknown, requestId: string): Failure {
  if (error instanceof Failure) return error;
  const failure = frameworkFailure(codeOf(error));
  if (failure) return failure;
  return new Failure(
    'InternalError',
    `Something went wrong in the server; its log names the cause under request id ${requestId}.`,
    { cause: error },
  );
}

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;

/** What Fastify and Node refuse before a handler of ours runs. */
function frameworkFailure(code: string | undefined): Failure | null {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Failure('PayloadTooLarge');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return unsupportedMediaType();
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'ECONNRESET':
    case 'ECONNABORTED':
      return new Failure('InvalidBody', 'The request ended before its body was complete.');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
    case 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE':
      return notFound();
    default:
      return null;
  }
}

export const unsupportedMediaType = (): Failure =>
  new Failure('UnsupportedMediaType', 'The body must be JSON in UTF-8 and not compressed.', {
    remedy: 'Send it with the header "Content-Type: application/json" and without Content-Encoding.',
  });

export const notFound = (): Failure =>
  new Failure('NotFound', 'There is no such path, or it does not have this method.', {
    remedy: 'GET /openapi.json lists every call.',
  });
