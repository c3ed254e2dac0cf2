import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { renderBash } from './completion/bash.ts';
import { type CompletedCommand, commandTree } from './completion/command-tree.ts';
import { renderFish } from './completion/fish.ts';
import { renderZsh } from './completion/zsh.ts';
import { UsageError } from './usage-error.ts';

const shells: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: renderBash,
  zsh: renderZsh,
  fish: renderFish,
};

const examples = `
Examples:
  backstitch completion bash > /etc/bash_completion.d/backstitch
  backstitch completion zsh > "\${fpath[1]}/_backstitch"
  backstitch completion fish > ~/.config/fish/completions/backstitch.fish`;

/** `completion`: a script that lets a shell complete commands and options. */
export function addCompletionCommand(program: Command, cli: Cli): void {
  program
    .command('completion')
    .description('print a script that lets a shell complete commands and options')
    .argument('<shell>', Object.keys(shells).join(', '))
    .addHelpText('after', examples)
    .action((shell: string) => {
      const render = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
      if (!render) throw new UsageError(`there is no completion for ${shell}: give bash, zsh or fish`);
      cli.terminal.print(render(commandTree(program)));
    });
}
