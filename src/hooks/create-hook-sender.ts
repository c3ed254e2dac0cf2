import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createBell } from '../lib/bell.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Network } from '../network/network.ts';
import type { ClaimedDelivery } from '../store/hook-store.ts';
import type { Store } from '../store/store.ts';
import type { Vault } from '../store/vault.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import type { HookEvent, HookSender } from './hook-sender.ts';
import { defaultSenderOptions, type SenderOptions } from './sender-options.ts';

export interface HookSenderParts {
  readonly store: Pick<Store, 'hooks' | 'subscribe'>;
  readonly vault: Pick<Vault, 'open'>;
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Log;
  /** PEM certificates that receivers are verified with; null, the default: the authorities that Node knows. */
  readonly trusted?: string | null;
  readonly options?: Partial<SenderOptions>;
}

/** Hints come with every commit that adds a delivery; a look that found nothing is not repeated sooner than this. */
const lullMilliseconds = 20;

export function createHookSender(parts: HookSenderParts): HookSender {
  const { store, vault, network, clock, log, trusted = null } = parts;
  const options = { ...defaultSenderOptions, ...parts.options };
  const owner = randomUUID();
  const bell = createBell();
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const listeners = new Set<(event: HookEvent) => void>();
  const attempt = { network, vault, clock, trusted, options, random: Math.random };
  let unsubscribe = () => {};
  let loop = Promise.resolve();
  let stopped: Promise<void> | undefined;
  let retainAt = 0;

  function emit(kind: HookEvent['kind'], deliveries = 1): void {
    for (const listener of listeners) {
      try {
        listener({ kind, deliveries });
      } catch (error) {
        log.error({ err: error }, 'a listener to hooks failed');
      }
    }
  }

  async function takeUntilStopped(): Promise<void> {
    while (!stopping.signal.aborted) {
      const free = options.concurrency - running.size;
      const claimed = free > 0 ? await claim(free) : [];
      for (const delivery of claimed) begin(delivery);
      await retainNowAndThen();
      if (claimed.length > 0) continue;
      await rest(lullMilliseconds);
      await bell.wait(options.pollMilliseconds);
    }
  }

  async function claim(limit: number): Promise<ClaimedDelivery[]> {
    const leaseMilliseconds = options.timeoutMilliseconds + options.spareMilliseconds;
    try {
      return await store.hooks.claim({ owner, limit, perHook: options.perHook, leaseMilliseconds });
    } catch (error) {
      log.warn({ err: error }, 'what hooks are told could not be read; trying again');
      await rest(options.pollMilliseconds);
      return [];
    }
  }

  function begin(claimed: ClaimedDelivery): void {
    const ended = send(claimed).finally(() => {
      running.delete(ended);
      bell.ring();
    });
    running.add(ended);
  }

  /** Never rejects. What could not be stored is sent again when its lease has run out. */
  async function send(claimed: ClaimedDelivery): Promise<void> {
    const { id, fence, hook } = claimed;
    const facts = { delivery: id, hook: hook.id, account: hook.accountId, attempt: claimed.attempt };
    try {
      const attempted = await attemptDelivery(claimed, stopping.signal, attempt);
      if (!(await store.hooks.settle(attempted))) return;
      const { status, error, retryIn } = attempted;
      const kind = error === null ? 'sent' : retryIn === null ? 'failed' : 'retried';
      if (kind === 'failed') log.warn({ ...facts, status, reason: error }, 'a hook was given up');
      else log.debug({ ...facts, status, reason: error }, 'a hook was called');
      emit(kind);
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ ...facts, err: error }, 'a hook could not be called now');
      await store.hooks
        .release({ id, fence })
        .catch((cause) => log.warn({ ...facts, err: cause }, 'a hook waits until its lease has run out'));
      await rest(options.pollMilliseconds);
    }
  }

  async function retainNowAndThen(): Promise<void> {
    if (clock.monotonic() < retainAt) return;
    retainAt = clock.monotonic() + options.retainEveryMilliseconds;
    const now = clock.now();
    const { keepMilliseconds, waitMilliseconds, mostPerHook: perHook } = options;
    try {
      const { dropped } = await store.hooks.retain({
        endedBefore: now - keepMilliseconds,
        waitingSince: now - waitMilliseconds,
        perHook,
      });
      if (dropped === 0) return;
      log.warn({ dropped }, 'messages to hooks were dropped: they waited too long, or too many waited');
      emit('dropped', dropped);
    } catch (error) {
      log.warn({ err: error }, 'old messages to hooks could not be dropped; trying again');
    }
  }

  const rest = (milliseconds: number): Promise<void> =>
    pause(milliseconds, undefined, { signal: stopping.signal }).catch(() => {});

  async function stop(): Promise<void> {
    unsubscribe();
    stopping.abort();
    bell.ring();
    await loop;
    await Promise.all(running);
  }

  return {
    start() {
      unsubscribe = store.subscribe('hooks', bell.ring);
      loop = takeUntilStopped();
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    [Symbol.asyncDispose]() {
      stopped ??= stop();
      return stopped;
    },
  };
}
