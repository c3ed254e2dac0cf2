import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { exitCodes } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';

/** The same place seen from the sources and from what is built. */
const script = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url));

/** `demo`: it lives beside the tests, with a PostgreSQL that only a checkout has. */
export function addDemoCommand(program: Command, cli: Cli): void {
  program
    .command('demo')
    .description(
      'show what becomes of records, with a server and a throw-away PostgreSQL; nothing is left behind',
    )
    .option('--keep', 'leave both running until Ctrl-C')
    .addHelpText('after', '\nExample:\n  backstitch demo --keep')
    .action(async ({ keep }: { keep?: boolean }) => {
      if (!existsSync(script))
        throw new UsageError(
          'the demo comes with the sources: clone the repository, then run npm ci && npm run demo in it',
        );
      // Ctrl-C reaches both; the demo takes down what it started, and is waited for.
      const wait = () => {};
      process.on('SIGINT', wait);
      try {
        const demo = spawn(process.execPath, [script, ...(keep ? ['--keep'] : [])], { stdio: 'inherit' });
        const [code] = await once(demo, 'exit');
        if (code !== 0) cli.exitWith(exitCodes.failed.code);
      } finally {
        process.off('SIGINT', wait);
      }
    });
}
