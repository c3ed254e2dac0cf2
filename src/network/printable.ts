/** One line of text that somebody else's server chose, fit for a message: no control characters, not too long. */
export function printable(text: string, limit = 200): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
