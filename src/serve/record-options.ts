import type { Config } from '../config/options.ts';
import type { IntakeOptions } from '../intake/create-intake.ts';
import type { LoaderOptions } from '../loading/loader-options.ts';

const dayMilliseconds = 24 * 60 * 60_000;

/** How records are taken in, as configured. */
export const intakeOptions = (config: Config): Partial<IntakeOptions> => ({
  bytesInFlight: config.bodiesInFlightBytes,
  accountBacklogBytes: config.backlogAccountBytes,
  totalBacklogBytes: config.backlogBytes,
});

/** How they are loaded. */
export const loaderOptions = (config: Config): Partial<LoaderOptions> => ({
  concurrency: config.loadConcurrency,
  perDestination: Math.max(1, Math.floor(config.loadConcurrency / 2)),
  joinMilliseconds: config.loadWaitMilliseconds,
  keepMilliseconds: config.retentionDays * dayMilliseconds,
  keepBytes: config.retentionBytes,
});
