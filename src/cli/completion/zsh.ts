import type { CompletedCommand } from './command-tree.ts';

/** Commands and options with what they do; names of files where no command is expected. */
export function renderZsh(commands: readonly CompletedCommand[]): string {
  const descriptions = new Map(commands.map(({ path, description }) => [path, description]));
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quote(path));
  const cases = commands.map(({ path, children, options }) => {
    const names = children.map((name) => entry(name, descriptions.get(`${path} ${name}`.trim()) ?? ''));
    const flags = options.map(({ flag, description }) => entry(flag, description));
    return `    ${quote(path)})
      commands=(${names.join(' ')})
      options=(${flags.join(' ')}) ;;`;
  });
  return `#compdef backstitch
# Completion of backstitch for zsh.
_backstitch() {
  local at
  local place=''
  local -a commands options paths
  paths=(${paths.join(' ')})
  for ((at = 2; at < CURRENT; at++)); do
    (( \${paths[(Ie)\${place:+$place }\${words[at]}]} )) && place="\${place:+$place }\${words[at]}"
  done
  case "$place" in
${cases.join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o 'option' options
  elif (( \${#commands} )); then
    _describe 'command' commands
  else
    _files
  fi
}
if [[ $funcstack[1] == _backstitch ]]; then
  _backstitch "$@"
else
  compdef _backstitch backstitch
fi
`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const entry = (name: string, description: string): string =>
  quote(`${name}:${description.replaceAll(':', '\\:')}`);
