import { isIP } from 'node:net';

/** What can be set, apart from its name, which is its key in the table of options. */
export interface Option<Value> {
  readonly group: OptionGroup;
  /** One or two sentences for people: what it does, and what happens without it. */
  readonly help: string;
  /** What a value looks like, in help texts: `ADDRESS`. */
  readonly placeholder: string;
  /** What a good value is, to end a sentence like "use …". */
  readonly expected: string;
  /** The value when nothing is given. */
  readonly initial: Value;
  /** The initial value for people, where it is not the value itself. */
  readonly initially?: string;
  /**
   * Never shown, and never taken from the command line, where every user of the machine can read it: only from the
   * environment, or from a file named by the option with `_FILE`.
   */
  readonly secret?: true;
  /** The value, or undefined when the text is no good one. The text is trimmed and never empty. */
  readonly parse: (text: string) => Value | undefined;
}

export type OptionGroup =
  | 'Server'
  | 'Store'
  | 'First start'
  | 'Network'
  | 'Limits'
  | 'Records'
  | 'Partners'
  | 'Logs and metrics';

type Shape<Value> = Pick<Option<Value>, 'placeholder' | 'expected' | 'parse'>;

/** Any text, for paths, names and secrets. */
export const text = (placeholder: string, expected: string): Shape<string> => ({
  placeholder,
  expected,
  parse: (given) => given,
});

/** Text that must look like something. */
export const matching = (placeholder: string, pattern: RegExp, expected: string): Shape<string> => ({
  placeholder,
  expected,
  parse: (given) => (pattern.test(given) ? given : undefined),
});

/** A whole number between two bounds, both allowed. */
export const integer = (least: number, most: number): Shape<number> => ({
  placeholder: 'NUMBER',
  expected:
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${least} on`
      : `a whole number from ${least} to ${most}`,
  parse(given) {
    const value = /^\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  },
});

const units = { kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40 } as const;

const unitNames = { kb: 'kB', mb: 'MB', gb: 'GB', tb: 'TB' } as const;

/** In the largest unit that leaves it whole, for people. */
function renderSize(size: number): string {
  const unit = (['tb', 'gb', 'mb', 'kb'] as const).find(
    (each) => size >= units[each] && size % units[each] === 0,
  );
  return unit === undefined ? `${size} bytes` : `${size / units[unit]} ${unitNames[unit]}`;
}

/** A number of bytes, with or without a unit: `1048576`, `512kB`, `4 MB`, `10GB`. Units are powers of 1,024. */
export const bytes = (least: number, most: number): Shape<number> => ({
  placeholder: 'SIZE',
  expected: `a size from ${renderSize(least)} to ${renderSize(most)}, like 512kB or 4MB`,
  parse(given) {
    const [, digits, unit] = /^(\d{1,15})\s*(b|kb|mb|gb|tb|)$/i.exec(given) ?? [];
    if (digits === undefined) return undefined;
    const value = Number(digits) * (units[unit!.toLowerCase() as keyof typeof units] ?? 1);
    return value >= least && value <= most ? value : undefined;
  },
});

/** One of a few words. */
export const oneOf = <const Word extends string>(...words: readonly Word[]): Shape<Word> => ({
  placeholder: words.join('|'),
  expected: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
  parse: (given) => words.find((word) => word === given.toLowerCase()),
});

/** Addresses and ranges of addresses, with commas between. */
export const ranges = (): Shape<readonly string[]> => ({
  placeholder: 'RANGES',
  expected: 'IP addresses or CIDR ranges with commas between, like 10.0.0.0/8,192.0.2.7',
  parse(given) {
    const entries = given.split(',').map((entry) => entry.trim());
    return entries.every(isRange) ? entries : undefined;
  },
});

function isRange(entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/** A URL with one of the given schemes. */
export const url = (...schemes: readonly string[]): Shape<string> => ({
  placeholder: 'URL',
  expected: `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  parse: (given) =>
    URL.canParse(given) && schemes.includes(new URL(given).protocol.slice(0, -1)) ? given : undefined,
});

/** The same, with nothing as the initial value. */
export function optional<Value>(
  shape: Shape<Value>,
  about: Omit<Option<Value | null>, keyof Shape<Value> | 'initial'>,
): Option<Value | null> {
  return { ...shape, ...about, initial: null };
}

/** An option with a value of its own when none is given. */
export function defaulted<Value>(
  shape: Shape<Value>,
  initial: Value,
  about: Omit<Option<Value>, keyof Shape<Value> | 'initial'>,
): Option<Value> {
  return { ...shape, ...about, initial };
}
