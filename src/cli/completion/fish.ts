import type { CompletedCommand } from './command-tree.ts';

/** Commands and options with what they do. */
export function renderFish(commands: readonly CompletedCommand[]): string {
  const descriptions = new Map(commands.map(({ path, description }) => [path, description]));
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quote(path));
  const lines = commands.flatMap(({ path, children, options }) => {
    const here = `complete -c backstitch -n ${quote(`__backstitch_at ${quote(path)}`)}`;
    return [
      ...children.map((name) => {
        const description = descriptions.get(`${path} ${name}`.trim()) ?? '';
        return `${here} -f -a ${name} -d ${quote(description)}`;
      }),
      ...options.map(({ flag, description, takesValue, takesFile }) => {
        const value = takesValue ? (takesFile ? ' -r -F' : ' -x') : '';
        return `${here} -l ${flag.slice(2)}${value} -d ${quote(description)}`;
      }),
    ];
  });
  return `# Completion of backstitch for fish.
function __backstitch_at
    set -l paths ${paths.join(' ')}
    set -l place ''
    for word in (commandline -opc)[2..]
        set -l longer (string trim "$place $word")
        contains -- "$longer" $paths; and set place "$longer"
    end
    test "$place" = "$argv[1]"
end
${lines.join('\n')}
`;
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
