/**
 * Blots out credentials in whatever is about to be written where people read it: the log, error reports. It goes by
 * names (a key that is called like a credential), by shape (tokens, passwords in URLs, private keys) and by value (what
 * was registered). The last resort, not the first: nothing should hand it a secret to begin with.
 */
export interface Redactor {
  /** A copy of any value as plain JSON: errors, dates and buffers become readable, circles and depths are cut. */
  value(value: unknown): unknown;
  /** The text without what looks like, or is known to be, a secret, and without characters that could forge a line. */
  text(text: string): string;
  /** Blots this out wherever it appears from now on, also encoded. Values under 6 characters are too short to find. */
  hide(secret: string): void;
}

const blot = '[redacted]';
const maxDepth = 8;
const maxEntries = 100;
const maxText = 16_384;

export function createRedactor(): Redactor {
  const hidden = new Set<string>();

  function text(given: string): string {
    // Four times what is shown, so that nothing secret is cut in half where it could be seen.
    let result = given.slice(0, 4 * maxText);
    for (const secret of hidden) if (result.includes(secret)) result = result.replaceAll(secret, blot);
    for (const { pattern, replacement } of shapes) result = result.replace(pattern, replacement);
    result = result.replace(
      unsafeCharacters,
      (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
    );
    return result.length > maxText ? `${result.slice(0, maxText)}… (${given.length} characters)` : result;
  }

  function copy(value: unknown, key: string, ancestors: readonly object[]): unknown {
    if (typeof value === 'string') return isSecretName(key) ? blot : text(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'function' || typeof value === 'symbol') return undefined;
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (isSecretName(key)) return blot;
    if (ancestors.includes(value)) return '[circular]';
    if (ancestors.length >= maxDepth) return '[deeper]';
    return copyEntries(value, [...ancestors, value]);
  }

  function copyEntries(value: object, ancestors: readonly object[]): unknown {
    if (Array.isArray(value) || value instanceof Set) {
      const items = [...value];
      const copies = items.slice(0, maxEntries).map((item) => copy(item, '', ancestors));
      return items.length > maxEntries ? [...copies, `[${items.length - maxEntries} more]`] : copies;
    }
    const entries = value instanceof Error ? errorEntries(value) : ownEntries(value);
    return Object.fromEntries(
      entries.slice(0, maxEntries).map(([key, entry]) => [text(key), copy(entry, key, ancestors)]),
    );
  }

  return {
    value: (value) => copy(value, '', []),
    text,
    hide(secret) {
      if (secret.length < 6) return;
      const bytes = Buffer.from(secret);
      const base64 = bytes.toString('base64');
      const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64];
      for (const form of [...forms, base64.replace(/=+$/, ''), bytes.toString('hex')]) hidden.add(form);
    },
  };
}

function ownEntries(value: object): [string, unknown][] {
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return entries.map(([key, entry]) => [String(key), entry]);
}

/**
 * What is worth keeping of an error. Not everything it carries: a database's error, for one, quotes rows and
 * statements in `detail` and `where`.
 */
function errorEntries(error: Error): [string, unknown][] {
  const kept = [
    'code',
    'reason',
    'facts',
    'remedy',
    'data',
    'errno',
    'syscall',
    'address',
    'port',
    'hostname',
  ];
  const carried = Object.entries(error).filter(([key]) => kept.includes(key));
  return [
    ['type', error.name],
    ['message', error.message],
    ...carried,
    ['stack', error.stack],
    ...(error.cause === undefined ? [] : [['cause', error.cause] as [string, unknown]]),
    ...(error instanceof AggregateError ? [['errors', error.errors] as [string, unknown]] : []),
  ];
}

/** True for a key whose value is a credential by its name: `password`, `accessToken`, `x-api-key`, `Authorization`. */
export function isSecretName(key: string): boolean {
  const words = key.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
  return secretName.test(words) && !aboutSecret.test(words);
}

const secretName =
  /pass_?(word|wd|phrase)|passwd|pwd|secret|token|credential|authorization|cookie|(private|master|secret|access|api|data|encryption|sentinel|signing|tls|ssl)[_-]?key|jdbc_url|sas_url|connection_?string|(^|_)(auth|dsn|pem)$/;

/** Names that speak about a credential without being one: `tokenId`, `credential_names`, `password_hint`. */
const aboutSecret = /[_-](ids?|names?|kinds?|types?|hint|count|limit|fingerprint|policy|reuse)$/;

/** What stands before and after the sign in `password=x`, `"token":"x"`, `{ secret: 'x' }`, `(password)=(x)`. */
const named = /pass(?:word|wd|phrase)|pwd|secret|token|(?:api|access|private|master)[_-]?key/.source;
const sign = /["')]?\s*=\s*\(?|["']?\s*:\s*(?=["'])|["']?:(?=\S)/.source;
const given = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s&;"'})]+/.source;

const shapes: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  {
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    replacement: blot,
  },
  // What follows the colon is a port when it is digits up to a slash.
  {
    pattern: /\b([a-z][a-z\d+.-]{0,30}:\/\/[^\s:/?#@"'<>]{0,500}):(?!\d+\/)[^\s"'<>]{0,2000}@/gi,
    replacement: `$1:${blot}@`,
  },
  { pattern: /\b((?:ac|at|oc|et)_)[A-Za-z0-9_-]{16,}/g, replacement: `$1${blot}` },
  { pattern: /\b((?:bearer|negotiate)\s+)[A-Za-z0-9._~+/-]{8,}=*/gi, replacement: `$1${blot}` },
  { pattern: /\b(authorization["']?\s*[:=]\s*["']?(?:basic\s+)?)[^\s"',]+/gi, replacement: `$1${blot}` },
  { pattern: new RegExp(`((?:${named})(?:${sign}))(?:${given})`, 'gi'), replacement: `$1${blot}` },
];

/** What JSON leaves as it is and a terminal or a reader of lines may obey: C1 controls, line and text-direction marks. */
const unsafeCharacters = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
