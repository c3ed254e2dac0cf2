/** Rows as a table with a frame. Numbers stand to the right; null is a dot. Long texts are cut. */
export function drawTable(rows: readonly Readonly<Record<string, unknown>>[], mostCharacters = 90): string {
  const headings = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => headings.map((heading) => cellOf(row[heading], mostCharacters)));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((line) => line[column]!.length)),
  );
  const isNumeric = headings.map((heading) =>
    rows.every((row) => /^(null|-?[\d.]+)$/.test(String(row[heading]))),
  );
  const rule = (left: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}`;
  const line = (texts: readonly string[]): string =>
    `│ ${texts.map((text, column) => (isNumeric[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!))).join(' │ ')} │`;
  return [
    rule('┌', '┬', '┐'),
    line(headings),
    rule('├', '┼', '┤'),
    ...cells.map(line),
    rule('└', '┴', '┘'),
  ].join('\n');
}

function cellOf(value: unknown, mostCharacters: number): string {
  if (value === null || value === undefined) return '·';
  const text = String(value);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text;
}
