/** The entity tag of a revision. A strong one: `"7"`. */
export const renderEtag = (revision: number): string => `"${revision}"`;

/**
 * Revisions of an If-Match header, `*` for any, null without the header. Weak tags never match (If-Match compares
 * strongly), nor does anything that is no tag of ours: a header that names none of our revisions gives an empty list.
 */
export function parseIfMatch(header: string | undefined): readonly number[] | '*' | null {
  if (header === undefined) return null;
  if (header.trim() === '*') return '*';
  const revisions: number[] = [];
  for (const [, weak, tag] of header.matchAll(/(W\/)?"([^"]*)"/g)) {
    if (weak === undefined && tag !== undefined && /^[1-9]\d{0,14}$/.test(tag)) revisions.push(Number(tag));
  }
  return revisions;
}
