import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseConfig } from '../../src/config/parse-config.ts';
import { serve } from '../../src/serve/serve.ts';
import { type CommandOptions, commandParts, type RanCommand, runCommand } from './run-command.ts';
import { silentLog } from './silent-log.ts';

/** The command line in the test's own process, for a user with a home and an installation of their own. */
export interface CommandSession extends AsyncDisposable {
  readonly home: string;
  readonly data: string;
  /** Runs a command to its end. */
  run(args: readonly string[], options?: SessionOptions): Promise<RanCommand>;
  /** Runs a command that must succeed with --json, and returns what it printed. */
  json<T>(args: readonly string[], options?: SessionOptions): Promise<T>;
  /** Serves the installation once, so that it is there, with this token for account 100. */
  install(token: string): Promise<void>;
}

export type SessionOptions = Partial<CommandOptions>;

export function createCommandSession(): CommandSession {
  const home = mkdtempSync(path.join(tmpdir(), 'backstitch-session-'));
  const data = path.join(home, 'data');

  const run: CommandSession['run'] = (args, { env, ...options } = {}) =>
    runCommand(args, { ...options, env: { HOME: home, BACKSTITCH_DATA: data, ...env } });

  return {
    home,
    data,
    run,
    async json<T>(args: readonly string[], options?: SessionOptions) {
      const { code, out, err } = await run([...args, '--json'], options);
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${err}`);
      return JSON.parse(out) as T;
    },
    async install(token) {
      const env = {
        BACKSTITCH_DATA: data,
        BACKSTITCH_PORT: '0',
        BACKSTITCH_TOKEN: token,
        BACKSTITCH_CLIENT_ID: '100',
      };
      const server = await serve({
        ...commandParts,
        log: silentLog,
        config: parseConfig({ env }),
        print() {},
      });
      await server.close();
    },
    async [Symbol.asyncDispose]() {
      rmSync(home, { recursive: true, force: true });
    },
  };
}
