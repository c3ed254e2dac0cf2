import { Counter, Histogram, type Registry } from 'prom-client';
import type { LoadEvent, Loader } from '../../loading/loading.ts';

/** Counts the loads that this process ends. Returns a function that ends it. */
export function observeLoads(registry: Registry, loader: Pick<Loader, 'onEvent'>): () => void {
  const registers = [registry];
  const loads = new Counter({
    name: 'backstitch_loads_total',
    help: 'Loads that ended, by result: loaded; failed and tried again; blocked until somebody acts; quarantined.',
    labelNames: ['result'],
    registers,
  });
  const rowsLoaded = new Counter({
    name: 'backstitch_rows_loaded_total',
    help: 'Rows that loads wrote, those of subtables included.',
    registers,
  });
  const rowsRejected = new Counter({
    name: 'backstitch_rows_rejected_total',
    help: 'Records that were set aside in _sdc_rejected.',
    registers,
  });
  const rowsDropped = new Counter({
    name: 'backstitch_rows_dropped_as_older_total',
    help: 'Records that lost against a row with a higher sequence.',
    registers,
  });
  const seconds = new Histogram({
    name: 'backstitch_load_seconds',
    help: 'Time from taking a load to its result being durable.',
    buckets: [0.05, 0.25, 1, 5, 30, 120, 600],
    registers,
  });
  const lag = new Histogram({
    name: 'backstitch_load_lag_seconds',
    help: "Time from the acceptance of a load's oldest batch to its result being durable.",
    buckets: [0.5, 1, 5, 30, 120, 600, 3600, 21_600],
    registers,
  });
  // A result that has not come up is 0, not missing: rates need a beginning.
  for (const result of ['loaded', 'failed', 'blocked', 'quarantined']) loads.inc({ result }, 0);

  return loader.onEvent((event) => {
    loads.inc({ result: resultOf(event) });
    if (event.kind !== 'loaded') return;
    rowsLoaded.inc(event.totals.rowsLoaded);
    rowsRejected.inc(event.totals.rowsRejected);
    rowsDropped.inc(event.totals.droppedAsOlder);
    seconds.observe(event.seconds);
    lag.observe(event.lagSeconds);
  });
}

const resultOf = (event: LoadEvent): string =>
  event.kind === 'failed' && event.blocked ? 'blocked' : event.kind;
