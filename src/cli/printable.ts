/**
 * Text from outside (names, messages of other servers) as it may be written to a terminal: control characters, which
 * could move the cursor or forge a line, are shown as escapes. Line breaks are escaped too.
 */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
