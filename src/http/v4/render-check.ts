import type * as wire from '@backstitch/client';
import type { Check, CheckStatus, CheckStep } from '../../model/check.ts';
import { renderTimestamp } from '../../model/timestamp.ts';

/** Success is 0 and 0. Failure has its text where the original puts it, and, ours, where it belongs. */
export function renderCheck(check: Check): wire.ConnectionCheck {
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

const statusOf = (status: CheckStatus): wire.ConnectionCheck['status'] =>
  status === 'waiting' ? 'running' : status;

/** The same with what only we know: why it ran, of which revision, and its steps. */
export const renderCheckWithSteps = (check: Check): wire.ConnectionCheckWithSteps => ({
  ...renderCheck(check),
  origin: check.origin,
  revision: check.revision,
  superseded_by: check.supersededBy,
  steps: renderSteps(check.steps),
});

export const renderStep = ({
  name,
  status,
  milliseconds,
  message,
  remedy,
  code,
}: CheckStep): wire.CheckStep => ({
  name,
  status,
  milliseconds,
  message,
  remedy,
  code,
});

export const renderSteps = (steps: readonly CheckStep[]): readonly wire.CheckStep[] => steps.map(renderStep);
