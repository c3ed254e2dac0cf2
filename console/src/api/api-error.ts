import type { CheckStep } from '@backstitch/client';

/** The server said no. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string | null;
  /** Why a value cannot be used, by the name of its property. */
  readonly reasons: Readonly<Record<string, string>>;
  /** What a strict update found; empty for other errors. */
  readonly steps: readonly CheckStep[];

  constructor(status: number, body: unknown) {
    const { code, message, data } = read(body);
    super(message ?? `The server answered with the status ${status}.`);
    this.status = status;
    this.code = code;
    this.reasons = data.reasons ?? Object.fromEntries((data.bad_properties ?? []).map((name) => [name, '']));
    this.steps = data.steps ?? [];
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  constructor(cause: unknown) {
    super('The server cannot be reached.', { cause });
  }
}

interface Facts {
  readonly reasons?: Readonly<Record<string, string>>;
  readonly bad_properties?: readonly string[];
  readonly steps?: readonly CheckStep[];
}

/** Some errors of the contract are a bare string, the others an object with `error`, `message` and `data`. */
function read(body: unknown): { code: string | null; message: string | null; data: Facts } {
  if (typeof body === 'string') return { code: null, message: sentence(body), data: {} };
  if (typeof body !== 'object' || body === null) return { code: null, message: null, data: {} };
  const { error, message, data } = body as { error?: unknown; message?: unknown; data?: Facts };
  return {
    code: typeof error === 'string' ? error : null,
    message: typeof message === 'string' ? message : null,
    data: data ?? {},
  };
}

const sentence = (text: string): string => {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
};
