/** A statement up to its semicolon; one inside quotes does not end it. */
const statement =
  /\b(?:GRANT|REVOKE|ALTER|CREATE|SET|FLUSH) [A-Z](?:"(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|[^;"'`])*;/g;

/** What to do, in words, and the SQL in it that can be pasted into a session; null: there is none. */
export function splitRemedy(remedy: string): { readonly text: string; readonly sql: string | null } {
  const statements = [...remedy.matchAll(statement)];
  const last = statements.at(-1);
  if (last === undefined) return { text: remedy, sql: null };
  const sql = statements.map(([text]) => text).join('\n');
  const rest = remedy.slice(last.index + last[0].length).trim();
  // Where the sentence goes on after the SQL, it would make no sense without it.
  return { text: rest === '' ? remedy.slice(0, statements[0]?.index).trim() : remedy, sql };
}
