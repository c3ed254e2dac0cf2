/** A regular expression, taken apart. Characters are Unicode code points. */
export type PatternNode =
  | { readonly kind: 'character'; readonly matches: (code: number) => boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number }
  | { readonly kind: 'start' | 'end' | 'boundary' | 'no-boundary' };

/** A pattern that we do not run; the message says why. */
export class UnusablePattern extends Error {
  override readonly name = 'UnusablePattern';
}

/** Groups within groups; more is refused before the reader runs out of stack. */
const maxNesting = 200;

/**
 * Reads a regular expression of ECMAScript. What cannot be matched in linear time is refused: backreferences, lookahead
 * and lookbehind.
 * @throws {UnusablePattern}
 */
export function parsePattern(pattern: string): PatternNode {
  const unicode = validate(pattern);
  const characters = [...pattern];
  let at = 0;
  let nesting = 0;

  function choice(): PatternNode {
    const parts = [sequence()];
    while (characters[at] === '|') {
      at++;
      parts.push(sequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  function sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (at < characters.length && characters[at] !== '|' && characters[at] !== ')') parts.push(repeated());
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  function repeated(): PatternNode {
    let part = atom();
    const bounds = quantifier();
    if (bounds !== null) part = { kind: 'repeat', part, ...bounds };
    return part;
  }

  function quantifier(): { min: number; max: number } | null {
    const simple = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[characters[at] ?? ''];
    const counted = simple ? null : /^\{(\d+)(,(\d*))?\}/.exec(characters.slice(at, at + 50).join(''));
    if (!simple && !counted) return null;
    at += simple ? 1 : counted![0].length;
    // Lazy or greedy makes no difference to whether a text matches.
    if (characters[at] === '?') at++;
    if (simple) return { min: simple[0]!, max: simple[1]! };
    const min = Number(counted![1]);
    return {
      min,
      max: counted![2] === undefined ? min : counted![3] === '' ? Infinity : Number(counted![3]),
    };
  }

  function atom(): PatternNode {
    const character = characters[at++]!;
    switch (character) {
      case '(':
        return group();
      case '[':
        return set();
      case '.':
        return { kind: 'character', matches: (code) => !lineEnds.has(code) };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '\\':
        return escaped();
      default:
        return literal(character.codePointAt(0)!);
    }
  }

  function group(): PatternNode {
    const opening = /^\?(?::|<(?![=!])[^>]*>)/.exec(characters.slice(at, at + 200).join(''))?.[0] ?? '';
    if (opening === '' && characters[at] === '?')
      throw new UnusablePattern('lookahead, lookbehind and modifiers are not supported');
    at += [...opening].length;
    if (++nesting > maxNesting)
      throw new UnusablePattern(`groups are nested deeper than ${maxNesting} levels`);
    const inner = choice();
    nesting--;
    at++;
    return inner;
  }

  function escaped(): PatternNode {
    const next = characters[at]!;
    if (next === 'b' || next === 'B') {
      at++;
      return { kind: next === 'b' ? 'boundary' : 'no-boundary' };
    }
    if (/[1-9k]/.test(next) && (next !== 'k' || unicode))
      throw new UnusablePattern('backreferences are not supported');
    const source = `\\${escapeBody()}`;
    return native(source);
  }

  /** What follows the backslash, as written. */
  function escapeBody(): string {
    const rest = characters.slice(at, at + 100).join('');
    const body =
      /^(?:u\{[\da-fA-F]+\}|u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[a-zA-Z]|[pP]\{[^}]*\})/.exec(
        rest,
      )?.[0] ?? characters[at]!;
    at += [...body].length;
    return body;
  }

  function set(): PatternNode {
    const start = at - 1;
    while (at < characters.length && characters[at] !== ']') at += characters[at] === '\\' ? 2 : 1;
    at++;
    return native(characters.slice(start, at).join(''));
  }

  /** A class or escape means what the platform says; asked once for each character of ASCII. */
  function native(source: string): PatternNode {
    const expression = new RegExp(`^${source}$`, unicode ? 'u' : '');
    const test = (code: number): boolean => expression.test(String.fromCodePoint(code));
    const ascii = Array.from({ length: 128 }, (_, code) => test(code));
    return { kind: 'character', matches: (code) => (code < 128 ? ascii[code]! : test(code)) };
  }

  const node = choice();
  if (at < characters.length) throw new UnusablePattern('not a regular expression');
  return node;
}

const literal = (code: number): PatternNode => ({ kind: 'character', matches: (other) => other === code });
const lineEnds = new Set([0x0a, 0x0d, 0x2028, 0x2029]);

/** Longer ones are no patterns for people. */
const maxPatternLength = 10_000;

/** True when the pattern is one with the `u` flag, which newer schemas mean; older ones escape more than it allows. */
function validate(pattern: string): boolean {
  if (pattern.length > maxPatternLength)
    throw new UnusablePattern(`longer than ${maxPatternLength} characters`);
  for (const flags of ['u', '']) {
    try {
      new RegExp(pattern, flags);
      return flags === 'u';
    } catch {}
  }
  throw new UnusablePattern('not a regular expression');
}
