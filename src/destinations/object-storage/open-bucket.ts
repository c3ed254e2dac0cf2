import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Network } from '../../network/network.ts';
import type { Bucket } from './bucket.ts';
import { createRequestHandler } from './request-handler.ts';
import { errorCode, NoStoreAnswer, statusOf } from './store-error.ts';
import { endpointOf, type StoreTarget } from './store-target.ts';

/** A bookkeeping object of ours is smaller; somebody may have put anything there. */
const mostReadBytes = 64 * 1024 * 1024;

/** Opens a bucket in a region. Sends nothing yet. */
export function openBucket(target: StoreTarget, region: string, network: Network): Bucket {
  const handler = createRequestHandler(network);
  const client = createClient(target, region, handler);
  const Bucket = target.bucket;

  return {
    name: Bucket,
    region,
    async list(Prefix, MaxKeys, abortSignal) {
      const answer = await client.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys }), {
        abortSignal,
      });
      if (answer.Name === undefined)
        throw new NoStoreAnswer('It listed objects, and did not say of which bucket.');
      return (answer.Contents ?? []).map(({ Key = '' }) => Key);
    },
    async head(Key, abortSignal) {
      const sent = client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal });
      const answer = await sent.catch(nullWhenMissing);
      return answer && { bytes: answer.ContentLength ?? 0, etag: answer.ETag ?? '' };
    },
    async read(Key, abortSignal) {
      const answer = await client
        .send(new GetObjectCommand({ Bucket, Key, Range: `bytes=0-${mostReadBytes - 1}` }), { abortSignal })
        .catch(nullWhenMissing);
      if (answer === null) return null;
      return { text: (await answer.Body?.transformToString('utf-8')) ?? '', etag: answer.ETag ?? '' };
    },
    async write({ key: Key, text, condition }, abortSignal) {
      const conditions =
        condition === undefined
          ? {}
          : condition === 'absent'
            ? { IfNoneMatch: '*' }
            : { IfMatch: condition.etag };
      const object = { Bucket, Key, Body: Buffer.from(text), ContentType: 'application/json' };
      const put = async (given: typeof conditions) => {
        const command = new PutObjectCommand({ ...object, ...given });
        return { etag: (await client.send(command, { abortSignal })).ETag ?? '' };
      };
      try {
        return await put(conditions);
      } catch (error) {
        if (condition === undefined) throw error;
        if (isConditionFailed(error)) return null;
        if (statusOf(error) !== 501) throw error;
        // It says that it knows no conditions, where others pass them over.
        return await put({});
      }
    },
    async remove(Key, abortSignal) {
      await client.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal });
    },
    async beginUpload({ key: Key, contentType: ContentType }, abortSignal) {
      const command = new CreateMultipartUploadCommand({ Bucket, Key, ContentType });
      const { UploadId } = await client.send(command, { abortSignal });
      if (!UploadId) throw new NoStoreAnswer('It began an upload, and did not say how it is called.');
      return UploadId;
    },
    async uploadPart({ key: Key, uploadId: UploadId }, PartNumber, Body, abortSignal) {
      const command = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body });
      const { ETag = '' } = await client.send(command, { abortSignal });
      return ETag;
    },
    async completeUpload({ key: Key, uploadId: UploadId }, parts, abortSignal) {
      const Parts = parts.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
      const command = new CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts },
      });
      try {
        await client.send(command, { abortSignal });
        return true;
      } catch (error) {
        if (errorCode(error) === 'NoSuchUpload') return false;
        throw error;
      }
    },
    async abortUpload({ key: Key, uploadId: UploadId }, abortSignal) {
      const command = new AbortMultipartUploadCommand({ Bucket, Key, UploadId });
      await client.send(command, { abortSignal }).catch(() => {});
    },
    [Symbol.dispose]() {
      client.destroy();
      handler.destroy();
    },
  };
}

function createClient(
  target: StoreTarget,
  region: string,
  handler: ReturnType<typeof createRequestHandler>,
): S3Client {
  const { secure, host, port } = endpointOf(target, region);
  return new S3Client({
    region,
    credentials: () => target.credentials.get(handler),
    requestHandler: handler as never,
    // Everything is said here, so that no variable or file of the environment says otherwise.
    ...(target.endpoint === null
      ? {}
      : {
          endpoint: `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
          forcePathStyle: true,
        }),
    maxAttempts: 3,
    retryMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    followRegionRedirects: false,
    // Every body is signed by its SHA-256, which the store verifies; further checksums trouble older stores.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Bodies are parts of a few megabytes: to ask first costs more than to send again.
    expectContinueHeader: false,
  });
}

function nullWhenMissing(error: unknown): null {
  const code = errorCode(error);
  if (code === 'NoSuchKey' || code === 'NotFound' || (code === null && statusOf(error) === 404)) return null;
  throw error;
}

/** 409: another write under a condition is under way for the same key. */
const isConditionFailed = (error: unknown): boolean =>
  errorCode(error) === 'PreconditionFailed' ||
  errorCode(error) === 'ConditionalRequestConflict' ||
  statusOf(error) === 412;
