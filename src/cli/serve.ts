import type { Command } from 'commander';
import { renderOptionsHelp } from '../config/render-options.ts';
import type { Cli } from './cli.ts';
import { addServerFlags } from './config-flags.ts';

/** `serve`: the server itself. */
export function addServeCommand(program: Command, cli: Cli): void {
  const serve = program
    .command('serve')
    .description(
      'serve the API; the first start makes the data folder, the master key, an account and a token',
    )
    .addHelpText(
      'after',
      () => `\nEvery option is a flag or an environment variable; a flag wins.\n\n${renderOptionsHelp()}`,
    )
    .addHelpText('after', '\nExample:\n  BACKSTITCH_DATA=/var/lib/backstitch backstitch serve --port 8080')
    .action(async () => cli.exitWith(await cli.serve(cli.config())));
  addServerFlags(serve);
}
