/** The first lines of each generated file. */
export const generatedFrom = (source: string): string =>
  `<!-- Generated from ${source} by \`npm run docs\`. -->`;

/** A table with these columns; cells are text, in which a bar or a line end would end the cell. */
export function renderTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');

/** Parts of a document with an empty line between, and one line end at its end. */
export const renderPage = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`;
