import type { CompletedCommand } from './command-tree.ts';

/** For bash 3.2 and newer. Names of files are completed where no command or option fits. */
export function renderBash(commands: readonly CompletedCommand[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const words = commands.map(
    ({ path, children, options }) =>
      `    '${path}') words='${[...children, ...options.map(({ flag }) => flag)].join(' ')}' ;;`,
  );
  return `# Completion of backstitch for bash.
_backstitch() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' words='' at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${path:+$path }\${COMP_WORDS[at]}" in
      ${paths.join('|')}) path="\${path:+$path }\${COMP_WORDS[at]}" ;;
    esac
  done
  case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _backstitch backstitch
`;
}
