/** What a Prefer header (RFC 7240) asks of a write. */
export interface Preferences {
  /** `wait=N`: seconds, clamped to 1–30; null when not asked for. */
  readonly waitSeconds: number | null;
  /** `handling=strict`: make the change only if a check proves it. */
  readonly strict: boolean;
  /** `handling=lenient`: take what can be taken. */
  readonly lenient: boolean;
  /** Value of the Preference-Applied header; null when nothing applies. */
  readonly applied: string | null;
}

const shortestWait = 1;
const longestWait = 30;

/**
 * Reads the header; several headers come joined by commas. Unknown and malformed preferences are ignored, as the RFC
 * asks; of one given twice the first counts.
 */
export function parsePrefer(header: string | undefined): Preferences {
  let wait: string | undefined;
  let handling: string | undefined;
  for (const item of splitOutsideQuotes(header ?? '', ',')) {
    const [preference = ''] = splitOutsideQuotes(item, ';');
    const equals = preference.indexOf('=');
    if (equals < 0) continue;
    const name = preference.slice(0, equals).trim().toLowerCase();
    const value = unquote(preference.slice(equals + 1).trim());
    if (name === 'wait') wait ??= value;
    if (name === 'handling') handling ??= value.toLowerCase();
  }
  const waitSeconds =
    wait !== undefined && /^\d+$/.test(wait)
      ? Math.min(Math.max(Number(wait), shortestWait), longestWait)
      : null;
  const strict = handling === 'strict';
  const lenient = handling === 'lenient';
  return { waitSeconds, strict, lenient, applied: renderApplied(waitSeconds, handling) };
}

/** A strict update has waited for its proof when it answers, so `wait` adds nothing to it. */
function renderApplied(waitSeconds: number | null, handling: string | undefined): string | null {
  if (handling === 'strict') return 'handling=strict';
  const applied = [
    ...(waitSeconds === null ? [] : [`wait=${waitSeconds}`]),
    ...(handling === 'lenient' ? ['handling=lenient'] : []),
  ];
  return applied.length > 0 ? applied.join(', ') : null;
}

/** Splits at a separator that stands in no quoted string; a quote that is never closed reaches to the end. */
function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

const unquote = (value: string): string =>
  /^".*"$/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
