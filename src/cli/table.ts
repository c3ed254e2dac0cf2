import { printable } from './printable.ts';

export type Cell = string | number | null;

/**
 * Rows under their headings, columns aligned and two spaces apart; numbers to the right, null as `-`. Without rows
 * only `empty` is said. Ends with a line break.
 */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
  empty: string,
): string {
  if (rows.length === 0) return `${empty}\n`;
  const numeric = headings.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  const lines = [headings, ...rows].map((row) => row.map((cell) => printable(String(cell ?? '-'))));
  const widths = headings.map((_, column) =>
    lines.reduce((width, line) => Math.max(width, line[column]?.length ?? 0), 0),
  );
  return lines
    .map((line) =>
      line
        .map((text, column) => {
          const width = widths[column] ?? 0;
          return numeric[column] ? text.padStart(width) : text.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** One thing as `label  value` lines. Entries that are undefined are left out. */
export function renderEntries(entries: Readonly<Record<string, Cell | undefined>>): string {
  const present = Object.entries(entries).filter(([, value]) => value !== undefined);
  const width = present.reduce((most, [label]) => Math.max(most, label.length), 0);
  return present
    .map(([label, value]) => `${label.padEnd(width)}  ${printable(String(value ?? '-'))}\n`)
    .join('');
}
