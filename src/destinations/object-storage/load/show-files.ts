import type { LoadPlan } from '../../session.ts';
import type { Bucket } from '../bucket.ts';
import { type CommittedFile, type CommittedLoad, manifestKeyOf } from './lane-record.ts';

/** Files whose parts are put together at the same time. */
const atOnce = 4;

/**
 * Makes the files of a committed load visible, and writes its manifest: what there is already is left as it is. May be
 * done by several at once and again.
 * @param isFresh it was committed just now, so that nobody has shown it.
 * @returns `lost` when some file is neither there nor to be had: its parts are gone.
 */
export async function showFiles(
  given: { readonly bucket: Bucket; readonly plan: Pick<LoadPlan, 'lane'>; readonly signal: AbortSignal },
  load: CommittedLoad,
  isFresh = false,
): Promise<'shown' | 'lost'> {
  const { bucket, plan, signal } = given;
  const manifest = manifestKeyOf(plan.lane, load);
  // Whoever wrote it has seen all files stand; they may have been taken away since.
  if (!isFresh && (await bucket.head(manifest, signal)) !== null) return 'shown';
  const waiting = [...load.files];
  let isLost = false;
  const worker = async () => {
    for (let file = waiting.shift(); file && !isLost; file = waiting.shift())
      if (!(await show(bucket, file, signal))) isLost = true;
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (isLost) return 'lost';
  await bucket.write({ key: manifest, text: renderManifest(plan.lane, load) }, signal);
  return 'shown';
}

async function show(bucket: Bucket, file: CommittedFile, signal: AbortSignal): Promise<boolean> {
  if (await bucket.completeUpload(file, file.parts, signal)) return true;
  return (await bucket.head(file.key, signal))?.bytes === file.bytes;
}

/** What readers of the bucket may rely on: files that a manifest names are whole, and stand once. */
function renderManifest(
  { schema, table }: LoadPlan['lane'],
  { loadId, batchedAt, timestamp, files }: CommittedLoad,
): string {
  const manifest = {
    version: 1,
    load_id: loadId,
    integration_name: schema,
    table_name: table,
    batched_at: new Date(batchedAt).toISOString(),
    timestamp_loaded: timestamp,
    objects: files.map(({ key, table: source, rows, bytes }) => ({ key, table: source, rows, bytes })),
  };
  return `${JSON.stringify(manifest, null, 1)}\n`;
}
