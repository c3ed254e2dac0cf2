import { type Code, codes } from './codes.ts';

export interface FailureOptions {
  /** What helps, as a sentence for the reader of the message. Never contains a secret. */
  readonly remedy?: string;
  /** Facts a renderer needs (names of bad properties, a report card, steps). Never contains a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** What was caught; goes to the log, never into an answer. */
  readonly cause?: unknown;
}

/**
 * An expected failure: something the caller or the operator can act on. Anything else that is thrown is a bug.
 * Failures cross threads as plain data ({@link toPlain}, {@link fromPlain}).
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: Code;
  readonly remedy: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: Code, message: string = codes[code].when, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.data = options.data ?? {};
  }

  get status(): number {
    return codes[this.code].status;
  }
}

export interface PlainFailure {
  readonly code: Code;
  readonly message: string;
  readonly remedy: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export const toPlain = ({ code, message, remedy, data }: Failure): PlainFailure => ({
  code,
  message,
  remedy,
  data,
});
export const fromPlain = ({ code, message, remedy, data }: PlainFailure): Failure =>
  new Failure(code, message, { data, ...(remedy === undefined ? {} : { remedy }) });
