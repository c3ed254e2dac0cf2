import { type Finding, ok, problem, warning } from './finding.ts';

const subject = 'clock';
const second = 1000;

interface ClockReadings {
  /** This machine's wall clock, milliseconds since 1970. */
  readonly here: number;
  /** The store's clock at the same moment; null where the store has no clock of its own. */
  readonly store: number | null;
  /** How long both took to read, milliseconds: the comparison is no better than that. */
  readonly uncertainty: number;
}

/** When this was written: a clock before it is certainly wrong. */
const earliest = Date.UTC(2025, 0, 1);

/** Does this machine know what time it is? */
export function examineClock({ here, store, uncertainty }: ClockReadings): Finding {
  const remedy = 'Let this machine keep its time from a time server (timedatectl set-ntp true).';
  const shown = new Date(here).toISOString();
  if (here < earliest) return problem(subject, `this machine believes it is ${shown}`, remedy);
  if (store === null) {
    return ok(
      subject,
      `this machine says ${shown}; the store is on the same machine, so there is nothing to compare it with`,
    );
  }
  const apart = Math.max(0, Math.abs(here - store) - uncertainty);
  if (apart < 2 * second) return ok(subject, "this machine and the store's PostgreSQL agree on the time");
  const message = `this machine and the store's PostgreSQL are ${(apart / second).toFixed(1)} s apart`;
  const both = `${remedy} Do the same on the machine of the store.`;
  return apart < 60 * second ? warning(subject, message, both) : problem(subject, message, both);
}
