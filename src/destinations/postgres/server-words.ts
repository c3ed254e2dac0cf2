import { printable } from '../../network/printable.ts';
import { withoutSecret } from '../without-secret.ts';

/** An error that the server sent; only what is read of it. */
export interface ServerError extends Error {
  /** SQLSTATE, five characters. */
  readonly code: string;
  /** Of the table or constraint that it is about. */
  readonly schema?: string;
  readonly table?: string;
  /** Name of the function in the server; the same in every language. */
  readonly routine?: string;
}

/** True for errors that came from the server, by their SQLSTATE; those of sockets have words as codes. */
export const isServerError = (error: unknown): error is ServerError =>
  error instanceof Error &&
  'code' in error &&
  /^[0-9A-Z]{5}$/.test(String(error.code)) &&
  'severity' in error;

/** The server's own words, fit to be shown: one line, not too long, and without the password should it quote it. */
export function serverWords(error: unknown, password: string): string {
  if (!isServerError(error)) return '';
  return `${printable(withoutSecret(error.message, password), 400)} (SQLSTATE ${error.code})`;
}
