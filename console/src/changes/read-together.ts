/**
 * SQL that reads the columns into which one was split as one text.
 * @param after as a change has it: `coupon__bi bigint, coupon__st text`.
 * @returns null where none of them is a text.
 */
export function readTogether(after: string, type: string | undefined): string | null {
  const columns = after.split(/, (?![^(]*\))/).map((column) => {
    const [, name = column, kind = ''] = /^("(?:[^"]|"")*"|`[^`]*`|\S+) (.+)$/.exec(column) ?? [];
    return { name, kind };
  });
  const text = columns.find(({ kind }) => /text|char/i.test(kind));
  if (text === undefined || columns.length < 2) return null;
  const kind = type === 'mysql_destination' ? 'char' : 'text';
  const others = columns.filter((column) => column !== text).map(({ name }) => `cast(${name} as ${kind})`);
  return `coalesce(${[text.name, ...others].join(', ')})`;
}
