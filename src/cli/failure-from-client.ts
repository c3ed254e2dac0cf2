import type { BackstitchError } from '@backstitch/client';
import { type Code, codes } from '../errors/codes.ts';
import { Failure } from '../errors/failure.ts';

/** The client's error as a command reports it, in the server's words; anything else as it is. */
export function failureFromClient(error: unknown): unknown {
  if (!isClientError(error)) return error;
  const { code, message, remedy, data, cause } = error;
  return new Failure(isCode(code) ? code : 'Overloaded', message, {
    data,
    cause,
    ...(remedy !== null && { remedy }),
  });
}

/** Told by its shape: the class is loaded with the client only. */
const isClientError = (error: unknown): error is BackstitchError =>
  error instanceof Error && 'requestId' in error && 'remedy' in error;

const isCode = (code: string): code is Code => Object.hasOwn(codes, code);
