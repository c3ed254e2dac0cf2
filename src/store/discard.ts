import type { BatchState } from './load-store.ts';

/**
 * What became of the wish to discard a batch. `asked`: its load was begun once, so that it may stand in the destination;
 * it is discarded as soon as whoever carries the load next knows that it does not. `not_waiting`: it is not one that
 * waits for somebody.
 */
export type Discard =
  | { readonly kind: 'discarded' | 'asked'; readonly batch: DiscardedBatch }
  | { readonly kind: 'not_waiting'; readonly state: BatchState['state'] }
  | { readonly kind: 'unknown' };

export type DiscardedBatch = Pick<BatchState, 'id' | 'table' | 'records' | 'rawBytes'>;
