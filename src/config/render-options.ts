import { type NamedOption, namedOptions } from './options.ts';

/** What stands as the initial value in help and docs, or null where an option is simply off. */
export function renderInitial(option: NamedOption): string | null {
  if (option.initially !== undefined) return option.initially;
  return option.initial === null ? null : String(option.initial);
}

/** The options of the server as the end of a `--help` text: flag, variable, meaning, default. */
export function renderOptionsHelp(): string {
  const groups = Map.groupBy(namedOptions, ({ group }) => group);
  return [...groups]
    .map(([group, entries]) => [`${group}:`, ...entries.map(renderOption)].join('\n'))
    .join('\n\n');
}

function renderOption(option: NamedOption): string {
  const initial = renderInitial(option);
  const lines = wrap(`${option.help}${initial === null ? '' : ` Default: ${initial}.`}`, 94);
  const head = `  ${option.flag} <${option.secret ? 'FILE' : option.placeholder}>, ${option.env}${option.secret ? '[_FILE]' : ''}`;
  return [head, ...lines.map((line) => `      ${line}`)].join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
