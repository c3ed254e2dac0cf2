/**
 * A connection check: does what is stored (or proposed) really work? Made of steps, each of which says how long it
 * took and, when it failed, what to do.
 */
export type StepStatus = 'passed' | 'warning' | 'failed' | 'skipped';

export interface CheckStep {
  /** `settings`, `resolve`, `policy`, `connect`, `ssh`, `tls`, `sign_in`, `version`, `privileges`, `write` … */
  readonly name: string;
  readonly status: StepStatus;
  /** Whole milliseconds; 0 for a skipped step. */
  readonly milliseconds: number;
  /** What was found, in one or two sentences. Carries no secret. */
  readonly message: string;
  /** What to do about a failure or warning; null otherwise. */
  readonly remedy: string | null;
  /** Stable code of the finding (`connection_refused`, `wrong_password` …); null when passed or skipped. */
  readonly code: string | null;
}

/** What a check of one destination type found. */
export interface CheckOutcome {
  readonly steps: readonly CheckStep[];
  /** The finding that made the check fail, or null when it succeeded (warnings do not fail a check). */
  readonly failure: CheckStep | null;
  /** True when the destination itself refused us for credentials or privileges (sets system_paused_at). */
  readonly refused: boolean;
}

/** `waiting` and `superseded` are ours; on the wire a waiting check is `running`. */
export type CheckStatus = 'waiting' | 'running' | 'succeeded' | 'failed' | 'superseded';

/** One run of a check as the store keeps it. */
export interface Check {
  /** `{account}.{destination}.check.{uuid}`. */
  readonly name: string;
  readonly accountId: number;
  /** Null for a check of settings that were not saved. */
  readonly destinationId: number | null;
  /** Revision of the settings it checks; the newest one until the check starts running. */
  readonly revision: number;
  readonly status: CheckStatus;
  /** Why it ran: an update, a request, a strict update's proof. */
  readonly origin: 'saved' | 'requested' | 'strict' | 'unsaved' | 'probe';
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly steps: readonly CheckStep[];
  /** Message and remedy of the failure, as one text; null unless failed. */
  readonly error: string | null;
  /** Name of the check whose result stands for this one (it was overtaken by an update); else null. */
  readonly supersededBy: string | null;
}
