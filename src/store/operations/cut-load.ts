/** What decides how many batches go into one load. */
export interface Cut {
  readonly maxBytes: number;
  readonly maxBatches: number;
}

/**
 * The batches of the next load: whole ones from the front, as many as the limits allow and at least one, up to the
 * first that belongs to another group.
 */
export function cutLoad<Batch extends { readonly raw_bytes: number; readonly load_group: string }>(
  waiting: readonly Batch[],
  { maxBytes, maxBatches }: Cut,
): readonly Batch[] {
  let bytes = 0;
  const end = waiting.findIndex((batch, at) => {
    bytes += batch.raw_bytes;
    return at > 0 && (at >= maxBatches || bytes > maxBytes || batch.load_group !== waiting[0]?.load_group);
  });
  return end === -1 ? waiting : waiting.slice(0, end);
}
