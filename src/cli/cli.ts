import type { Clock } from '../lib/clock.ts';
import type { Installation } from './installation.ts';
import type { Terminal } from './terminal.ts';

/** What every command gets: where it talks, and the way to what it works on. */
export interface Cli {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /**
   * Opens the configured installation beside a server that may be running on it. Dispose it.
   * @throws {Failure} InvalidConfiguration, WrongMasterKey, StoreTooNew, StoreUnavailable.
   */
  open(): Promise<Installation>;
  /** What the process ends with when the command returns; 0 unless it is called. */
  exitWith(code: number): void;
}
