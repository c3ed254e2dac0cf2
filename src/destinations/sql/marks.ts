import type { LoadResult } from '../../model/load-result.ts';

/** A message of a server has limits; a character is at most three bytes as JSON writes it here. */
const partCharacters = 250_000;

/** A load's result as texts that are stored one by one. */
export function renderMark(result: LoadResult): string[] {
  const text = JSON.stringify(result);
  const parts: string[] = [];
  // Each part is JSON again, since it may begin with half of a surrogate pair.
  for (let from = 0; from < text.length; from += partCharacters)
    parts.push(JSON.stringify(text.slice(from, from + partCharacters)));
  return parts;
}

/** The result that these parts, in order, hold; null: there are none, so the mark does not stand. */
export const parseMark = (parts: readonly string[]): LoadResult | null =>
  parts.length === 0 ? null : JSON.parse(parts.map((part) => JSON.parse(part)).join(''));
