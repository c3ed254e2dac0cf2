import { Gauge, type Registry } from 'prom-client';
import { freeBytes } from '../../lib/free-bytes.ts';
import type { Log } from '../../lib/log.ts';
import type { Store } from '../../store/store.ts';
import { within } from './within.ts';

/** Gauges that are read when somebody asks for them. */
export interface BacklogMetrics {
  /** Reads them anew. What cannot be read is left out of the answer rather than shown with its last value. */
  refresh(): Promise<void>;
}

export interface BacklogParts {
  readonly registry: Registry;
  readonly store: {
    readonly batches: Pick<Store['batches'], 'backlog'>;
    readonly hooks: Pick<Store['hooks'], 'waiting'>;
  };
  /** Folder of an embedded store; null where the store is a server of its own. */
  readonly folder: string | null;
  readonly log: Log;
}

/** A scrape shows at least what the process knows by itself, also while the store hangs. */
const PATIENCE_MILLISECONDS = 2000;

export function createBacklogMetrics({ registry, store, folder, log }: BacklogParts): BacklogMetrics {
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['state'], registers: [registry] });
  const batchesWaiting = gauge(
    'backstitch_batches_waiting',
    'Accepted batches that are not loaded. ready is 0 when all that can be loaded is loaded.',
  );
  const bytesWaiting = gauge('backstitch_bytes_waiting', 'Bytes of accepted batches that are not loaded.');
  const hooksWaiting = new Gauge({
    name: 'backstitch_hook_deliveries_waiting',
    help: 'Messages to hooks that were neither received nor given up.',
    registers: [registry],
  });
  const disk =
    folder === null
      ? null
      : {
          folder,
          free: new Gauge({
            name: 'backstitch_disk_free_bytes',
            help: 'Free bytes on the disk of the data folder.',
            registers: [registry],
          }),
        };

  async function readBacklog(): Promise<void> {
    const states = await store.batches.backlog();
    for (const { state, batches, bytes } of states) {
      batchesWaiting.set({ state }, batches);
      bytesWaiting.set({ state }, bytes);
    }
  }

  async function readDisk(): Promise<void> {
    if (disk === null) return;
    disk.free.set(await freeBytes(disk.folder));
  }

  async function attempt(what: string, read: () => Promise<void>, forget: () => void): Promise<void> {
    try {
      await within(read(), PATIENCE_MILLISECONDS);
    } catch (error) {
      forget();
      log.warn({ err: error }, `${what} could not be read for the metrics`);
    }
  }

  async function readAll(): Promise<void> {
    const forgetBacklog = () => [batchesWaiting, bytesWaiting].map((gauge) => gauge.reset());
    await Promise.all([
      attempt('the backlog', readBacklog, forgetBacklog),
      attempt(
        'what hooks wait for',
        async () => hooksWaiting.set(await store.hooks.waiting()),
        () => hooksWaiting.remove(),
      ),
      attempt('the disk', readDisk, () => disk?.free.remove()),
    ]);
  }

  let reading: Promise<void> | null = null;
  return {
    refresh() {
      // Several who ask at once share one look.
      reading ??= readAll().finally(() => {
        reading = null;
      });
      return reading;
    },
  };
}
