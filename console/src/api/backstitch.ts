import { BackstitchError, ConnectionError, createClient, TimeoutError } from '@backstitch/client';

/** The server that this page came from, with the session of this browser. Trying again is left to Query. */
export const backstitch = createClient({ retries: 0 });

/** The server did not answer at all. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof ConnectionError || error instanceof TimeoutError;

/** What went wrong and what helps, in one text. */
export function explain(error: Error): string {
  if (isUnreachable(error)) return 'The server cannot be reached.';
  return error instanceof BackstitchError && error.remedy !== null
    ? `${error.message.replace(/([^.!?])$/, '$1.')} ${error.remedy}`
    : error.message;
}
