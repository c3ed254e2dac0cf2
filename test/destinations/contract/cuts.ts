import { describe, expect, test } from 'vitest';
import { LoadFailure } from '../../../src/destinations/session.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { again, makeBatch, randomId, type SentBatch } from '../../support/load-session.ts';
import type { Suite } from './open-suite.ts';

const never = new AbortController().signal;

/** The last of them is rejected. */
const rows = (from: number, count: number): SentBatch => ({
  keyNames: [],
  messages: Array.from({ length: count }, (_, at) => ({
    data: {
      id: from + at,
      note: at === count - 1 ? '\ud800' : `row ${from + at}`,
      kids: [at],
      [`c${from}`]: at % 2 === 0 ? at : `text ${at}`,
    },
    sequence: from + at,
  })),
});

export function cutContract({ open, capabilities }: Suite): void {
  describe('a connection', () => {
    test('that is cut after any number of bytes leaves a whole load or none, and the next one goes on', async () => {
      await using room = await open();
      const { port } = room.place;
      if (port === null) return expect(capabilities.tls).toBe('none');
      await room.load('t', [rows(0, 2)]);
      let failures = 0;
      for (const [at, afterBytes] of [150, 700, 1_500, 3_000, 5_000, 8_000, 12_000].entries()) {
        const batches = [makeBatch(rows((at + 1) * 1_000, 250))];
        const plan = room.plan('t', { loadId: randomId(), fence: at + 1 });
        await using proxy = await startFaultProxy({ targetPort: port, mode: { kind: 'cut', afterBytes } });
        const cut = await attempt(async () => {
          const session = await room.openSession(proxy.port);
          await session.load(plan, again(batches), never);
        });
        if (cut !== null) {
          failures += 1;
          expect(cut, String(afterBytes)).toBeInstanceOf(LoadFailure);
          expect(cut).toMatchObject({ kind: 'passing' });
          expect(cut.message).not.toBe('');
        }
        await room.loadBatches('t', batches, plan);
      }
      expect(failures).toBeGreaterThan(0);
      await room.expectLoaded('t');
      expect(await room.place.rejected()).toHaveLength(8);
    });

    test('that is reset when all rows were sent leaves nothing, or the session makes a new one by itself', async () => {
      await using room = await open();
      const { port } = room.place;
      if (port === null) return expect(capabilities.tls).toBe('none');
      await using proxy = await startFaultProxy({ targetPort: port });
      const session = await room.openSession(proxy.port);
      await room.load('t', [rows(0, 2)], { session });
      const batches = [makeBatch(rows(1_000, 400))];
      const plan = room.plan('t', { loadId: randomId() });
      const reset = {
        async *[Symbol.asyncIterator]() {
          yield* batches;
          proxy.resetAll();
        },
      };
      const failure = await attempt(() => session.load(plan, reset, never));
      if (failure !== null) {
        expect(failure).toMatchObject({ kind: 'passing' });
        await room.expectLoaded('t');
      }
      await room.loadBatches('t', batches, { ...plan, session });
      await room.expectLoaded('t');
    });

    test('that nobody answers is a failure with a remedy', async () => {
      await using room = await open();
      if (room.place.port === null) return expect(capabilities.tls).toBe('none');
      await using proxy = await startFaultProxy({ targetPort: room.place.port, mode: { kind: 'reset' } });
      const failure = await attempt(() => room.openSession(proxy.port));
      expect(failure).toMatchObject({ kind: 'passing' });
      expect((failure as LoadFailure).remedy).not.toBe('');
    });
  });
}

/** What it ended with; null: it went well. */
async function attempt(work: () => Promise<unknown>): Promise<Error | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
