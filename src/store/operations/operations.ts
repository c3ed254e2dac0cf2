import type { Operation, Work } from '../operation.ts';
import { deleteAccount } from './account-deletion.ts';
import { createAccount, setQuota, suspendAccount } from './accounts.ts';
import { discardAsked, discardBatch } from './batch-discards.ts';
import { acceptBatches, acceptJoined } from './batches.ts';
import { spendCheck } from './check-budgets.ts';
import { claimChecks } from './check-claims.ts';
import { recordCheck } from './check-ends.ts';
import { completeCheck, freeCheckLeases, heartbeatCheck, releaseCheck } from './check-leases.ts';
import { probeDestinations } from './check-probes.ts';
import { requestCheck } from './check-starts.ts';
import { createDestination } from './destination-creation.ts';
import { deleteDestination } from './destination-deletion.ts';
import { updateDestination } from './destination-update.ts';
import { claimDeliveries, freeDeliveries, releaseDelivery, settleDelivery } from './hook-claims.ts';
import { testHook } from './hook-deliveries.ts';
import { retainDeliveries } from './hook-retention.ts';
import { createHook, deleteHook, enableHook } from './hooks.ts';
import { acceptHostKey } from './host-keys.ts';
import { abandonIdempotent, beginIdempotent, finishIdempotent } from './idempotency.ts';
import { initializeKeyring, replaceKeyring } from './keyring.ts';
import { wakeDestination } from './lane-waking.ts';
import { acquireLease, freeNamedLeases, releaseLease, renewLease } from './leases.ts';
import {
  blameLoad,
  completeLoad,
  failLoad,
  freeLoadLeases,
  heartbeatLoad,
  releaseLoad,
} from './load-leases.ts';
import { planLoads } from './load-plans.ts';
import { quarantineBatches, splitLoad } from './load-recuts.ts';
import { repeatLoad } from './load-repeats.ts';
import { completeAndGoOn, planNextLoad } from './load-successors.ts';
import { repeatMissing } from './missing-loads.ts';
import { brandPartner, putPartner, removePartner } from './partners.ts';
import { retryRejections } from './rejections.ts';
import { startReplay } from './replay-starts.ts';
import { reseal } from './reseal.ts';
import { retainBatches } from './retention.ts';
import { endSession, exchangeSession, openSession } from './sessions.ts';
import { cancelReplay, deleteSource } from './source-deletion.ts';
import { mapUnmapped } from './source-mapping.ts';
import { createImportToken } from './source-tokens.ts';
import { createSource, updateSource } from './sources.ts';
import { appendBatch, dropBatches } from './spool-parts.ts';
import { createToken, revokeToken } from './tokens.ts';

/** Every write, by the name under which it is sent to the engine. */
export const writes = {
  'accounts.create': createAccount,
  'accounts.suspend': suspendAccount,
  'accounts.quota': setQuota,
  'accounts.delete': deleteAccount,
  'tokens.create': createToken,
  'tokens.createImport': createImportToken,
  'tokens.revoke': revokeToken,
  'sessions.open': openSession,
  'sessions.exchange': exchangeSession,
  'sessions.end': endSession,
  'partners.put': putPartner,
  'partners.brand': brandPartner,
  'partners.remove': removePartner,
  'destinations.create': createDestination,
  'destinations.update': updateDestination,
  'destinations.delete': deleteDestination,
  'destinations.acceptHostKey': acceptHostKey,
  'destinations.reseal': reseal,
  'checks.request': requestCheck,
  'checks.probe': probeDestinations,
  'checks.claim': claimChecks,
  'checks.heartbeat': heartbeatCheck,
  'checks.complete': completeCheck,
  'checks.release': releaseCheck,
  'checks.record': recordCheck,
  'checks.spend': spendCheck,
  'checks.free': freeCheckLeases,
  'sources.create': createSource,
  'sources.update': updateSource,
  'sources.delete': deleteSource,
  'sources.mapUnmapped': mapUnmapped,
  'batches.append': acceptBatches,
  'batches.discard': discardBatch,
  'batches.appendJoined': acceptJoined,
  'loads.plan': planLoads,
  'loads.heartbeat': heartbeatLoad,
  'loads.complete': completeLoad,
  'loads.planNext': planNextLoad,
  'loads.completeAndGoOn': completeAndGoOn,
  'loads.fail': failLoad,
  'loads.release': releaseLoad,
  'loads.blame': blameLoad,
  'loads.quarantine': quarantineBatches,
  'loads.split': splitLoad,
  'loads.discardAsked': discardAsked,
  'loads.repeat': repeatLoad,
  'loads.repeatMissing': repeatMissing,
  'loads.retain': retainBatches,
  'loads.wake': wakeDestination,
  'loads.free': freeLoadLeases,
  'rejections.retry': retryRejections,
  'replays.start': startReplay,
  'replays.cancel': cancelReplay,
  'hooks.create': createHook,
  'hooks.enable': enableHook,
  'hooks.delete': deleteHook,
  'hooks.test': testHook,
  'hooks.claim': claimDeliveries,
  'hooks.settle': settleDelivery,
  'hooks.release': releaseDelivery,
  'hooks.retain': retainDeliveries,
  'hooks.free': freeDeliveries,
  'leases.acquire': acquireLease,
  'leases.renew': renewLease,
  'leases.release': releaseLease,
  'leases.free': freeNamedLeases,
  'idempotency.begin': beginIdempotent,
  'idempotency.finish': finishIdempotent,
  'idempotency.abandon': abandonIdempotent,
  'keyring.initialize': initializeKeyring,
  'keyring.replace': replaceKeyring,
  'spool.append': appendBatch,
  'spool.drop': dropBatches,
  'store.touch': touch,
} as const satisfies Record<string, Operation<never, unknown>>;

/** Does nothing but go all the way through the write queue. */
function* touch(): Work<void> {}

export type Writes = typeof writes;
export type WriteName = keyof Writes;
export type InputOf<Name extends WriteName> =
  Parameters<Writes[Name]> extends [infer Input, ...unknown[]] ? Input : undefined;
export type OutputOf<Name extends WriteName> =
  ReturnType<Writes[Name]> extends Work<infer Output> ? Output : never;
