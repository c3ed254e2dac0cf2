import { StepFailure } from '../finding.ts';
import type { StepScope } from '../steps.ts';
import type { Bucket } from './bucket.ts';
import { type BucketFacts, objectStoreFinding } from './findings.ts';
import { statusOf } from './store-error.ts';
import { type FailureFacts, storeFailure } from './store-failure.ts';

/** The same in every check: two that run at once write the same. */
const content = 'Written by a connection check of Backstitch, and deleted again.\n';
const attempts = 3;

/**
 * The step `write`: does what a load does, with one small object: an upload that is completed, a write under a
 * condition, a read, and away with it. Whatever happens, this one object is all that can be left.
 */
export async function tryObject(
  bucket: Bucket,
  facts: FailureFacts & { readonly checkKey: string },
  { signal, passed, warn }: StepScope,
): Promise<void> {
  const key = facts.checkKey;
  let conditional = false;
  for (let attempt = 1; ; attempt += 1) {
    await writeAsLoadsDo(bucket, key, signal);
    // The object stands, so that a condition that is looked at cannot hold.
    conditional = (await bucket.write({ key, text: content, condition: 'absent' }, signal)) === null;
    const read = await bucket.read(key, signal).catch((error) => {
      throw storeFailure(error, facts, 'read');
    });
    if (read?.text === content) break;
    // Another check of the same destination may have deleted it in between.
    if (read !== null || attempt === attempts)
      throw new StepFailure(objectStoreFinding('object_not_as_written', { ...facts, key }));
  }
  const removed = await bucket.remove(key, signal).then(
    () => true,
    (error) => {
      if (statusOf(error) !== 403) throw storeFailure(error, facts, 'delete');
      return false;
    },
  );
  passed(`Wrote an object, read it back${removed ? ', and deleted it' : ''}.`);
  if (!removed) warn(objectStoreFinding('delete_denied', { ...plain(facts), key }));
  if (!conditional) warn(objectStoreFinding('no_conditional_writes', plain(facts)));
}

async function writeAsLoadsDo(bucket: Bucket, key: string, signal: AbortSignal): Promise<void> {
  const uploadId = await bucket.beginUpload({ key, contentType: 'text/plain' }, signal);
  const upload = { key, uploadId };
  try {
    const part = await bucket.uploadPart(upload, 1, Buffer.from(content), signal);
    await bucket.completeUpload(upload, [part], signal);
  } catch (error) {
    await bucket.abortUpload(upload, signal);
    throw error;
  }
}

const plain = ({ bucket, at, region, from }: BucketFacts): BucketFacts => ({ bucket, at, region, from });
