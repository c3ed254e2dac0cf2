/** Bytes of a body after inflation: 20 MB, as senders count them at most. */
export const maxBodyBytes = 20 * 1024 * 1024;
/** Less than this is left on the disk of an embedded store only for what was accepted: one body of the largest size. */
export const leastFreeBytes = maxBodyBytes;
export const maxMessages = 20_000;
/** Values that are neither object nor array, of one record. */
export const maxDataPoints = 10_000;
/** Unicode characters of a string key: fewer than 256 on batch, at most 1,024 on push. */
export const maxKeyLength = { batch: 255, push: 1_024 } as const;
/** Work that checking the records of one body may take, see `StepBudget`; a body of 20 MB needs about a tenth. */
export const maxSteps = 10_000_000;

export const maxInt64 = 2n ** 63n - 1n;
export const minInt64 = -(2n ** 63n);
