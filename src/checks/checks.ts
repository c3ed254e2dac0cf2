import type { DestinationType } from '../destinations/destination.ts';
import type { Check, CheckOutcome, CheckStep } from '../model/check.ts';
import type { Properties } from '../model/form.ts';
import type { CompletedCheck } from '../store/store.ts';

/**
 * Runs connection checks: of saved settings as leased work (a check whose process dies is taken up again within a
 * minute), and of proposed settings in memory, before anything is stored.
 */
export interface Checks extends AsyncDisposable {
  /**
   * Begins to take waiting checks. Called once. Disposing hands unfinished checks back and ends waits at once; proofs
   * may go on for a few seconds, then they fail with Overloaded.
   */
  start(): void;

  /**
   * Waits until the check of that name, or the one that supersedes it, has ended, or `milliseconds` have passed.
   * Returns the state reached, null when the account has no such check.
   */
  wait(accountId: number, name: string, milliseconds: number): Promise<Check | null>;

  /**
   * Checks properties that are not stored (strict updates, "try it without saving"). Counts against the account's
   * budget. Nothing is written; the caller stores the result where it wants it.
   * @throws {Failure} TooManyRequests, Overloaded (data of both: `retryAfterSeconds`); the reason of the candidate's
   * signal once that is aborted.
   */
  prove(candidate: Candidate): Promise<Proof>;

  /** Steps of running checks as they end, for live views. */
  onStep(listener: (event: StepEvent) => void): () => void;
}

export interface Candidate {
  readonly accountId: number;
  /** The destination these properties would belong to; null on create and without saving. */
  readonly destinationId: number | null;
  readonly type: DestinationType;
  /** All properties, credentials in clear. */
  readonly properties: Properties;
  readonly origin: 'strict' | 'unsaved';
  /** The client went away. */
  readonly signal?: AbortSignal;
}

export interface Proof {
  readonly outcome: CheckOutcome;
  /** Ready to be handed to the store. */
  readonly completed: CompletedCheck;
}

export interface StepEvent {
  readonly accountId: number;
  readonly destinationId: number | null;
  readonly checkName: string;
  readonly stepName: string;
  /** Null when the step has just begun. */
  readonly step: CheckStep | null;
}
