#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { runProgram } from './cli/program.ts';
import { createTerminal } from './cli/terminal.ts';
import type { Config } from './config/options.ts';
import { systemClock as clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import { createRedactor } from './lib/redact.ts';
import { createLog } from './log/create-log.ts';
import { cloudEnvironment, secretsIn } from './serve/secrets-in.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const terminal = createTerminal(process);
const cloud = cloudEnvironment(process.env);

/** The log of a server is standard output; that of a command must not stand between its results. */
function openLog(config: Config, level: Config['logLevel'], stream?: NodeJS.WritableStream): Log {
  const redactor = createRedactor();
  for (const secret of secretsIn(config, cloud)) redactor.hide(secret);
  return createLog({ level, clock, redactor, ...(stream && { stream }) });
}

const exitCode = await runProgram(process.argv.slice(2), {
  version,
  terminal,
  clock,
  env: process.env,
  // Loaded when they are needed: most commands need no HTTP server, and some no store.
  async serve(config) {
    const { serveUntilStopped } = await import('./serve/serve-until-stopped.ts');
    return await serveUntilStopped({
      config,
      log: openLog(config, config.logLevel),
      clock,
      cloud,
      version,
      print: terminal.print,
    });
  },
  async openInstallation(config) {
    const { openInstallation } = await import('./serve/open-installation.ts');
    return await openInstallation({
      config,
      log: openLog(config, 'warn', process.stderr),
      clock,
      cloud,
      version,
    });
  },
});
process.stdout.write('', () => process.exit(exitCode));
