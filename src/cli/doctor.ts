import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { addServerFlags } from './config-flags.ts';
import { diagnose } from './doctor/diagnose.ts';
import { worst } from './doctor/finding.ts';
import { renderFindings } from './doctor/render-findings.ts';
import { exitCodes } from './exit-codes.ts';

/** `doctor`: is everything right with this installation? */
export function addDoctorCommand(program: Command, cli: Cli): void {
  const command = program
    .command('doctor')
    .description(
      'look at configuration, folder, key, store, disk, clock, egress, server and every destination, and say what to do; exit code 1 when there is a problem',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nIt contacts nothing but the store, the server of this installation and the hosts of its destinations.',
    )
    .addHelpText('after', '\nExample:\n  backstitch doctor --json')
    .action(async (options: { json?: boolean }) => {
      const findings = await diagnose(cli);
      const level = worst(findings);
      if (level === 'problem') cli.exitWith(exitCodes.failed.code);
      cli.terminal.print(
        options.json ? `${JSON.stringify({ level, findings }, null, 2)}\n` : renderFindings(findings),
      );
    });
  addServerFlags(command);
}
