import type { Command, Option } from 'commander';

/** A command as shells complete it. */
export interface CompletedCommand {
  /** `destinations add`; the program itself is ''. */
  readonly path: string;
  readonly description: string;
  /** Names of the commands below it. */
  readonly children: readonly string[];
  readonly options: readonly CompletedOption[];
}

export interface CompletedOption {
  /** `--type` */
  readonly flag: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** What it takes is the name of a file. */
  readonly takesFile: boolean;
}

/** The program and all commands below it; hidden options and old names are left out. */
export function commandTree(program: Command): readonly CompletedCommand[] {
  const everywhere = optionsOf(program);
  const below = (command: Command, path: string): CompletedCommand[] => [
    {
      path,
      description: command.description(),
      children: command.commands.map((child) => child.name()),
      options: path === '' ? everywhere : [...optionsOf(command), ...everywhere],
    },
    ...command.commands.flatMap((child) => below(child, `${path} ${child.name()}`.trim())),
  ];
  return below(program, '');
}

const optionsOf = (command: Command): readonly CompletedOption[] => [
  ...command.options.filter(({ hidden, long }) => !hidden && long !== undefined).map(completed),
  ...(command.parent
    ? []
    : [{ flag: '--help', description: 'how it is used', takesValue: false, takesFile: false }]),
];

const completed = ({ long, description, flags }: Option): CompletedOption => ({
  flag: long ?? '',
  description,
  takesValue: /<.*>/.test(flags),
  takesFile: /<(file|folder)>/.test(flags),
});
