import type { Engine } from './engine.ts';
import type { HookStore } from './hook-store.ts';
import { listDeliveries, waitingDeliveries } from './operations/hook-deliveries.ts';
import { getHook, listHooks } from './operations/hooks.ts';

export const bindHooks = ({ read, write }: Engine): HookStore => ({
  create: (hook) => write('hooks.create', hook),
  list: (accountId) => read(listHooks, accountId),
  get: (accountId, id) => read(getHook, { accountId, id }),
  setEnabled: (accountId, id, enabled) => write('hooks.enable', { accountId, id, enabled }),
  delete: (accountId, id) => write('hooks.delete', { accountId, id }),
  deliveries: (accountId, id, limit) => read(listDeliveries, { accountId, id, limit }),
  test: (accountId, id) => write('hooks.test', { accountId, id }),
  claim: (input) => write('hooks.claim', input),
  settle: (input) => write('hooks.settle', input),
  release: (input) => write('hooks.release', input),
  waiting: () => read(waitingDeliveries, undefined),
  retain: (input) => write('hooks.retain', input),
});
