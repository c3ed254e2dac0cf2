import type { BackstitchError } from '@backstitch/client';
import { type Code, codes } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';

/**
 * The client's error as a command reports it, in the server's words; anything else as it is.
 * @param server that was spoken to; left out for this installation
 */
export function failureFromClient(error: unknown, server?: URL): unknown {
  if (!isClientError(error)) return error;
  const { code, message, remedy, data, cause, status, requestId } = error;
  const facts = { data, cause };
  if (server !== undefined && status > 0 && requestId === null)
    return new Failure(
      'ServerUnreachable',
      `${server.origin} is no Backstitch server: it answered ${status}`,
      {
        cause,
        remedy: 'Give the address that the server itself prints when it starts, without a path.',
      },
    );
  if (server !== undefined && code === 'Unauthorized')
    return new Failure(code, `${server.origin} does not accept the token: it is unknown there, or revoked`, {
      ...facts,
      remedy: `Log in with another one: backstitch login --server ${server.origin}`,
    });
  if (isCode(code)) return new Failure(code, message, { ...facts, ...(remedy !== null && { remedy }) });
  return new Failure(status === 0 ? 'ServerUnreachable' : 'Overloaded', message, {
    ...facts,
    ...(remedy !== null && { remedy }),
  });
}

/** Told by its shape: the class is loaded with the client only. */
const isClientError = (error: unknown): error is BackstitchError =>
  error instanceof Error && 'requestId' in error && 'remedy' in error;

const isCode = (code: string): code is Code => Object.hasOwn(codes, code);
