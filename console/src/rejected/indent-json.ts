/**
 * JSON text on several lines. Only white space between tokens changes: numbers keep every digit, which they would lose
 * if they were parsed.
 */
export function indentJson(text: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? [];
  let depth = 0;
  const lineBreak = () => `\n${'  '.repeat(depth)}`;
  return tokens
    .map((token, index) => {
      const before = tokens[index - 1];
      if (token === '{' || token === '[') {
        depth += 1;
        const closes = tokens[index + 1] === '}' || tokens[index + 1] === ']';
        return closes ? token : token + lineBreak();
      }
      if (token === '}' || token === ']') {
        depth -= 1;
        return before === '{' || before === '[' ? token : lineBreak() + token;
      }
      if (token === ',') return token + lineBreak();
      return token === ':' ? ': ' : token;
    })
    .join('');
}
