import { type NamedOption, namedOptions } from '../../src/config/options.ts';
import { renderInitial } from '../../src/config/render-options.ts';
import { generatedFrom, renderPage, renderTable } from './markdown.ts';

export function renderConfiguration(): string {
  const groups = [...Map.groupBy(namedOptions, ({ group }) => group)];
  return renderPage(
    generatedFrom('src/config/options.ts'),
    '# Configuration',
    [
      'Every option is an environment variable and a flag of `serve`; the flag wins. An empty variable counts as not',
      'given. A name that begins with `BACKSTITCH_` and is no option stops the start, as does a value that cannot be',
      'used: the message says what would be right.',
    ].join('\n'),
    [
      'Secrets have no flag for their value, since every user of a machine can read the arguments of its processes.',
      'They come from the environment or from a file: `BACKSTITCH_TOKEN_FILE=/run/secrets/token`, or',
      '`--token-file /run/secrets/token`. White space around the value is ignored.',
    ].join('\n'),
    [
      '`BACKSTITCH_SERVER` is no option of the server: it is the address of the one that commands speak to, with',
      '`BACKSTITCH_TOKEN` as its access token (see [cli.md](cli.md)).',
    ].join('\n'),
    ...groups.flatMap(([group, options]) => [
      `## ${group}`,
      renderTable(['variable', 'flag', 'value', 'default', 'meaning'], options.map(row)),
    ]),
  );
}

function row(option: NamedOption): readonly string[] {
  const initial = renderInitial(option);
  const files = option.fileEnv === null ? '' : `, \`${option.fileEnv}\``;
  const isValue = option.initially === undefined && initial !== null;
  return [
    `\`${option.env}\`${files}`,
    `\`${option.flag}\``,
    option.expected,
    isValue ? `\`${initial}\`` : (initial ?? ''),
    option.help,
  ];
}
