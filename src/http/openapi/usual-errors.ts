import { objectError, type Response } from './operation.ts';

const error = (
  description: string,
  code: string,
  message: string,
  more: Partial<Response> = {},
): Response => ({
  description,
  schema: 'ErrorObject',
  examples: { [code]: objectError(code, message) },
  ...more,
});

/** What every call with a body may answer. */
export const bodyErrors: Readonly<Record<number, Response>> = {
  413: error('The body is too large.', 'PayloadTooLarge', 'The request body is larger than the limit.'),
  415: error(
    'The body is not JSON.',
    'UnsupportedMediaType',
    'The body must be JSON in UTF-8 and not compressed.',
  ),
};

/** What every call with credentials may answer. */
export const accessErrors: Readonly<Record<number, Response>> = {
  401: {
    description: 'No credentials, or wrong ones.',
    schema: 'ErrorObject',
    examples: {
      Unauthorized: {
        error: 'Unauthorized',
        message: 'This call needs an access token that exists and was not revoked.',
      },
    },
  },
  429: error(
    'A limit is used up.',
    'TooManyRequests',
    'Too many requests with wrong credentials came from your address.',
    { headers: ['Retry-After'] },
  ),
  503: error('The server has no room, or its store does not answer.', 'Overloaded', 'The disk is full.', {
    headers: ['Retry-After'],
  }),
};

/** What calls with an Idempotency-Key may answer beside their own 409 and 422. */
export const idempotencyExamples = {
  409: {
    IdempotencyInFlight: objectError(
      'IdempotencyInFlight',
      'The first request with this Idempotency-Key has not finished.',
    ),
  },
  422: {
    IdempotencyMismatch: objectError(
      'IdempotencyMismatch',
      'This Idempotency-Key was used before, with another body.',
    ),
  },
};
