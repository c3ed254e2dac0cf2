/**
 * Where time comes from. Everything below `main` takes a clock instead of calling `Date.now`, so that tests can
 * jump an hour either way.
 */
export interface Clock {
  /** Wall time in milliseconds since 1970, for what people read. May jump. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. For deadlines, durations and leases in one process. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
