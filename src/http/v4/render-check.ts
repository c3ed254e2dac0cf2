import type { Check, CheckStatus, CheckStep } from '../../model/check.ts';
import { renderTimestamp } from '../../model/timestamp.ts';

/** A connection check as the contract describes it. */
export interface ConnectionCheck {
  readonly name: string;
  readonly mode: 'check';
  readonly status: 'running' | 'succeeded' | 'failed' | 'superseded';
  readonly start_time: string;
  readonly completion_time: string | null;
  readonly error: boolean;
  readonly check_exit_status: number | null;
  readonly discovery_exit_status: number | null;
  readonly discovery_error_message: string | null;
  readonly tap_exit_status: null;
  readonly tap_error_message: null;
  readonly target_exit_status: null;
  readonly target_error_message: string | null;
}

/** Success is 0 and 0. Failure has its text where the original puts it, and, ours, where it belongs. */
export function renderCheck(check: Check): ConnectionCheck {
  const failed = check.status === 'failed';
  const exitStatus = failed ? 1 : check.status === 'succeeded' ? 0 : null;
  return {
    name: check.name,
    mode: 'check',
    status: statusOf(check.status),
    start_time: renderTimestamp(check.startedAt ?? check.createdAt),
    completion_time: check.completedAt === null ? null : renderTimestamp(check.completedAt),
    error: failed,
    check_exit_status: exitStatus,
    discovery_exit_status: exitStatus,
    discovery_error_message: check.error,
    tap_exit_status: null,
    tap_error_message: null,
    target_exit_status: null,
    target_error_message: check.error,
  };
}

const statusOf = (status: CheckStatus): ConnectionCheck['status'] =>
  status === 'waiting' ? 'running' : status;

/** The same with what only we know: why it ran, of which revision, and its steps. */
export const renderCheckWithSteps = (check: Check): object => ({
  ...renderCheck(check),
  origin: check.origin,
  revision: check.revision,
  superseded_by: check.supersededBy,
  steps: renderSteps(check.steps),
});

export const renderSteps = (steps: readonly CheckStep[]): readonly object[] =>
  steps.map(({ name, status, milliseconds, message, remedy, code }) => ({
    name,
    status,
    milliseconds,
    message,
    remedy,
    code,
  }));
