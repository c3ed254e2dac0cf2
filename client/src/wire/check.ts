import type { Timestamp } from './json.ts';

/** A part of a check: what was found, and what to do about it. */
export interface CheckStep {
  /** `settings`, `resolve`, `policy`, `connect`, `ssh`, `tls`, `sign_in`, `version`, `privileges`, `write` … */
  readonly name: string;
  readonly status: 'passed' | 'warning' | 'failed' | 'skipped';
  readonly milliseconds: number;
  readonly message: string;
  readonly remedy: string | null;
  /** `connection_refused`, `wrong_password` …; null when passed or skipped. */
  readonly code: string | null;
}

/** A connection check as the original describes it. */
export interface ConnectionCheck {
  readonly name: string;
  readonly mode: 'check';
  readonly status: 'running' | 'succeeded' | 'failed' | 'superseded';
  readonly start_time: Timestamp;
  readonly completion_time: Timestamp | null;
  readonly error: boolean;
  readonly check_exit_status: number | null;
  readonly discovery_exit_status: number | null;
  readonly discovery_error_message: string | null;
  readonly tap_exit_status: null;
  readonly tap_error_message: null;
  readonly target_exit_status: null;
  readonly target_error_message: string | null;
}

export interface ConnectionCheckWithSteps extends ConnectionCheck {
  readonly origin: 'saved' | 'requested' | 'strict' | 'unsaved' | 'probe';
  /** Of the settings that it checks. */
  readonly revision: number;
  /** The check whose result stands for this one. */
  readonly superseded_by: string | null;
  readonly steps: readonly CheckStep[];
}

/** How properties did that were not saved. */
export interface TryOutResult {
  readonly status: 'succeeded' | 'failed';
  readonly error: boolean;
  readonly steps: readonly CheckStep[];
}
