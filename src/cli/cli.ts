import type { Config } from '../config/options.ts';
import type { Clock } from '../lib/clock.ts';
import type { Installation } from './installation.ts';
import type { Terminal } from './terminal.ts';

/** What the program is made of, handed over by `main`. */
export interface CliParts {
  /** Of the program itself. */
  readonly version: string;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Opens the installation beside a server that may be running on it.
   * @throws {Failure} WrongMasterKey, StoreTooNew, StoreUnavailable, InvalidConfiguration when there is none yet.
   */
  openInstallation(config: Config): Promise<Installation>;
  /** Serves until it is told to stop; resolves with the exit code. */
  serve(config: Config): Promise<number>;
}

/** What every command gets for one run. */
export interface Cli extends CliParts {
  /** What the command line says about configuration, by flag (`--data`). */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** The effective configuration. @throws {Failure} InvalidConfiguration. */
  config(): Config;
  /** Opens the configured installation; dispose it. @throws {Failure} as {@link config} and openInstallation. */
  open(): Promise<Installation>;
  /** What the process ends with when the command returns; 0 unless it is called. */
  exitWith(code: number): void;
}
