import { Counter, type Registry } from 'prom-client';
import type { HookSender } from '../../hooks/hook-sender.ts';

/** Counts what this process sends to hooks. Returns a function that ends it. */
export function observeHooks(registry: Registry, sender: Pick<HookSender, 'onEvent'>): () => void {
  const deliveries = new Counter({
    name: 'backstitch_hook_deliveries_total',
    help: 'Attempts to tell a hook something, by result: sent; retried later; failed for good; dropped unsent.',
    labelNames: ['result'],
    registers: [registry],
  });
  for (const result of ['sent', 'retried', 'failed', 'dropped']) deliveries.inc({ result }, 0);
  return sender.onEvent(({ kind, deliveries: count }) => deliveries.inc({ result: kind }, count));
}
