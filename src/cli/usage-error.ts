/**
 * The command line, or a file that it names, cannot be carried out as it stands: exit code 2. The message says what to
 * write instead.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What is wrong at several places, by place. */
  readonly reasons: Readonly<Record<string, string>>;

  constructor(message: string, reasons: Readonly<Record<string, string>> = {}) {
    super(message);
    this.reasons = reasons;
  }
}
