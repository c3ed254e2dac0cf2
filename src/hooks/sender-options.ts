export interface SenderOptions {
  /** Requests of this process at the same time. */
  readonly concurrency: number;
  /** Of them, of one hook; over all processes. */
  readonly perHook: number;
  /** How long one request may take, from looking up the name to the status of the answer. */
  readonly timeoutMilliseconds: number;
  /** How much longer a delivery stays with a process that gives no sign of life; nothing renews its lease. */
  readonly spareMilliseconds: number;
  /** Pauses before the second, third … attempt; after the last one a delivery is given up. */
  readonly pauses: readonly number[];
  /** How often to look for what is due when nothing hints at it. */
  readonly pollMilliseconds: number;
  readonly retainEveryMilliseconds: number;
  /** How long deliveries are kept that have ended. */
  readonly keepMilliseconds: number;
  /** How long one may wait, retries and servers that stand still included. */
  readonly waitMilliseconds: number;
  /** How many of each hook may wait, and how many are kept that have ended. */
  readonly mostPerHook: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;

export const defaultSenderOptions: SenderOptions = {
  concurrency: 32,
  perHook: 2,
  timeoutMilliseconds: 30_000,
  spareMilliseconds: 30_000,
  pauses: [10_000, minute, 5 * minute, 15 * minute, 30 * minute],
  pollMilliseconds: 1_500,
  retainEveryMilliseconds: minute,
  keepMilliseconds: 7 * day,
  waitMilliseconds: day,
  mostPerHook: 1_000,
};
