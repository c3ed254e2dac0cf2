import { printable } from '../../network/printable.ts';
import { withoutSecret } from '../without-secret.ts';

/** An error that the server sent; only what is read of it. */
export interface ServerError extends Error {
  /** The server's own number: 1045, 1366. */
  readonly errno: number;
  readonly sqlState?: string;
  /** Without what the driver adds. */
  readonly sqlMessage?: string;
}

/** The server turned us away before anybody signed in. */
export class ServerRefusal extends Error implements ServerError {
  override readonly name = 'ServerRefusal';
  readonly errno: number;

  constructor(errno: number, message: string) {
    super(message);
    this.errno = errno;
  }
}

/** True for errors that came from the server, by their number; those of sockets have negative ones. */
export const isServerError = (error: unknown): error is ServerError =>
  error instanceof Error &&
  'errno' in error &&
  typeof error.errno === 'number' &&
  error.errno >= 1000 &&
  (error instanceof ServerRefusal || 'sqlMessage' in error);

/** The server's own words, fit to be shown: one line, not too long, and without the password should it quote it. */
export function serverWords(error: unknown, password: string): string {
  if (!isServerError(error)) return '';
  const said = error.sqlMessage ?? error.message;
  return `${printable(withoutSecret(said, password), 400)} (error ${error.errno})`;
}
