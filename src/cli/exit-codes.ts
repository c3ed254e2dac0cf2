import type { Code } from '../errors/codes.ts';

/** What a command's exit code says. One table for the program, its help and docs/cli.md. */
export const exitCodes = {
  ok: { code: 0, when: 'done' },
  failed: { code: 1, when: 'the operation failed, or doctor found a problem' },
  usage: { code: 2, when: 'the command line is wrong, or a file that it names' },
  checkFailed: { code: 3, when: 'a connection check failed' },
  configuration: { code: 4, when: 'the configuration or the master key is wrong' },
  changes: { code: 5, when: 'plan, or a dry run, found something to change' },
} as const satisfies Record<string, { code: number; when: string }>;

/** The table as it stands at the end of every `--help`. */
export const exitCodeHelp = [
  'Exit codes:',
  ...Object.values(exitCodes).map(({ code, when }) => `  ${code}  ${when}`),
].join('\n');

const byFailure: Partial<Record<Code, number>> = {
  InvalidConfiguration: exitCodes.configuration.code,
  WrongMasterKey: exitCodes.configuration.code,
  CheckFailed: exitCodes.checkFailed.code,
};

/** The exit code for a failure of that code. */
export const exitCodeOf = (code: Code): number => byFailure[code] ?? exitCodes.failed.code;
