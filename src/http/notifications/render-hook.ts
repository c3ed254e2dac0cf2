import type * as wire from '@backstitch/client';
import type { Delivery, Hook } from '../../model/hook.ts';
import { renderTimestamp, renderTimestampOrNull } from '../../model/timestamp.ts';

/** The contract's object. That a hook has a secret is all that is shown of it, and only where it has one. */
export const renderHook = (hook: Hook): wire.Hook => ({
  id: hook.id,
  client_id: hook.accountId,
  type: hook.type,
  version: 1,
  destination_id: hook.destinationId,
  config: { url: hook.url, ...(hook.isSigned && { signed: true }) },
  created_at: renderTimestamp(hook.createdAt),
  modified_at: renderTimestamp(hook.modifiedAt),
  disabled_at: renderTimestampOrNull(hook.disabledAt),
});

/** Hooks by type. `post_load` is always there, our own types only where there are some. */
export function renderHookList(hooks: readonly Hook[]): wire.HookList {
  const byType = Object.groupBy(hooks.map(renderHook), ({ type }) => type);
  return { post_load: [], ...byType };
}

export const renderDelivery = (delivery: Delivery): wire.HookDelivery => ({
  id: delivery.id,
  hook_id: delivery.hookId,
  type: delivery.type,
  test: delivery.isTest,
  state: delivery.state,
  attempts: delivery.attempts,
  status_code: delivery.status,
  error: delivery.error,
  created_at: renderTimestamp(delivery.createdAt),
  next_attempt_at: renderTimestampOrNull(delivery.nextAttemptAt),
  ended_at: renderTimestampOrNull(delivery.endedAt),
});
