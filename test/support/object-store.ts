import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Keys, signatureProblem } from './verify-signature.ts';

/** A request as it came, for faults and for looking at what was asked. */
export interface AskedOfStore {
  /** `list`, `head`, `get`, `put`, `delete`, `begin`, `part`, `complete`, `abort`. */
  readonly what: string;
  readonly bucket: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What happens instead: an error of the store, or to the connection (before or after the store did as asked). */
export type StoreFault =
  | { readonly status: number; readonly code: string; readonly headers?: Readonly<Record<string, string>> }
  | 'cut'
  | 'cut-after'
  | 'silence';

export interface ObjectStoreOptions {
  readonly keys?: Keys;
  readonly region?: string;
  readonly buckets?: readonly string[];
  /** False: conditions of writes are passed over, as older stores do. */
  readonly conditional?: boolean;
  /** PEM; without them it speaks clear text. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Milliseconds that its clock is ahead. */
  readonly ahead?: number;
  /** Another port than a free one. */
  readonly port?: number;
}

export interface ObjectStore extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** By bucket, then by key, in no order. */
  readonly buckets: ReadonlyMap<string, Map<string, StoredObject>>;
  /** Uploads that were begun and neither completed nor given up. */
  readonly uploads: ReadonlyMap<string, { readonly key: string }>;
  readonly asked: AskedOfStore[];
  /** Looked at before each request; undefined: the store does as asked. */
  fault: (asked: AskedOfStore) => StoreFault | undefined;
  /** Waited for before each request. */
  before: (asked: AskedOfStore) => Promise<void>;
  /** Forgets all uploads that are open, as a rule of the bucket may. */
  forgetUploads(): void;
}

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly contentType: string;
}

export const testKeys: Keys = { AKIATESTTESTTEST: 'test/secret+key' };

/** A store that speaks S3 (path style) and verifies who asks, in this process. */
export async function startObjectStore(options: ObjectStoreOptions = {}): Promise<ObjectStore> {
  const { keys = testKeys, region = 'us-east-1', conditional = true, ahead = 0 } = options;
  const buckets = new Map(
    (options.buckets ?? ['lake']).map((name) => [name, new Map<string, StoredObject>()]),
  );
  const uploads = new Map<string, { key: string; contentType: string; parts: Map<number, Buffer> }>();
  const asked: AskedOfStore[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const body = await bodyOf(request);
    response.setHeader('date', new Date(Date.now() + ahead).toUTCString());
    const url = new URL(request.url ?? '/', 'http://store');
    const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    const what = operationOf(request.method ?? '', key, url.searchParams);
    const question = { what, bucket, key, headers: request.headers };
    asked.push(question);
    await store.before(question);
    const fault = store.fault(question);
    if (fault === 'silence') return null;
    if (fault === 'cut') return request.socket.destroy();
    if (typeof fault === 'object') return refuse(response, fault.status, fault.code, fault.headers);
    const now = Date.now() + ahead;
    const problem = signatureProblem(request, body, { keys, region, now });
    if (problem) return refuse(response, statuses[problem] ?? 403, problem, {}, { Region: region });
    const objects = buckets.get(bucket);
    if (!objects) return refuse(response, 404, 'NoSuchBucket');
    if (fault === 'cut-after') {
      const unheard = { writeHead: () => unheard, end: () => unheard } as unknown as ServerResponse;
      answer(
        what,
        { bucket, objects, key, body, query: url.searchParams, headers: request.headers },
        unheard,
      );
      return request.socket.destroy();
    }
    answer(what, { bucket, objects, key, body, query: url.searchParams, headers: request.headers }, response);
  }

  function answer(what: string, given: Given, response: ServerResponse): ServerResponse {
    const { bucket, objects, key, body, query, headers } = given;
    const uploadId = query.get('uploadId') ?? '';
    const upload = uploads.get(uploadId);
    const known = objects.get(key);
    const contentType = String(headers['content-type'] ?? 'binary/octet-stream');
    switch (what) {
      case 'list': {
        const prefix = query.get('prefix') ?? '';
        const found = [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
        const most = Number(query.get('max-keys') ?? 1000);
        const listed = found.slice(0, most).map((name) => `<Contents><Key>${xml(name)}</Key></Contents>`);
        return reply(
          response,
          200,
          `<ListBucketResult><Name>${bucket}</Name>${listed.join('')}</ListBucketResult>`,
        );
      }
      case 'head':
      case 'get':
        if (!known) return refuse(response, 404, 'NoSuchKey');
        response.writeHead(200, {
          etag: known.etag,
          'content-type': known.contentType,
          'content-length': known.body.length,
        });
        return response.end(what === 'head' ? undefined : known.body);
      case 'put': {
        const { 'if-none-match': absent, 'if-match': same } = headers;
        const holds = absent === undefined ? same === undefined || same === known?.etag : known === undefined;
        if (conditional && !holds) return refuse(response, 412, 'PreconditionFailed');
        const etag = etagOf(body);
        objects.set(key, { body, etag, contentType });
        return reply(response, 200, '', { etag });
      }
      case 'delete':
        objects.delete(key);
        return reply(response, 204, '');
      case 'begin': {
        const id = randomUUID();
        uploads.set(id, { key, contentType, parts: new Map() });
        const named = `<Key>${xml(key)}</Key><UploadId>${id}</UploadId>`;
        return reply(
          response,
          200,
          `<InitiateMultipartUploadResult>${named}</InitiateMultipartUploadResult>`,
        );
      }
      case 'part': {
        if (!upload) return refuse(response, 404, 'NoSuchUpload');
        upload.parts.set(Number(query.get('partNumber')), body);
        return reply(response, 200, '', { etag: etagOf(body) });
      }
      case 'complete': {
        if (!upload) return refuse(response, 404, 'NoSuchUpload');
        const named = [...body.toString().matchAll(/<ETag>(?:&quot;|")?([^<&"]+)/g)].map(
          ([, etag]) => `"${etag}"`,
        );
        const parts = [...upload.parts].sort(([one], [other]) => one - other).map(([, part]) => part);
        if (JSON.stringify(parts.map(etagOf)) !== JSON.stringify(named))
          return refuse(response, 400, 'InvalidPart');
        if (parts.slice(0, -1).some((part) => part.length < 5 * 1024 * 1024))
          return refuse(response, 400, 'EntityTooSmall');
        const whole = Buffer.concat(parts);
        objects.set(upload.key, { body: whole, etag: etagOf(whole), contentType: upload.contentType });
        uploads.delete(uploadId);
        return reply(response, 200, '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
      }
      default:
        uploads.delete(uploadId);
        return reply(response, 204, '');
    }
  }

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response).catch(() => response.destroy());
  };
  const server = options.tls ? createSecureServer(options.tls, listener) : createServer(listener);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(options.port ?? 0, '127.0.0.1', resolve);
  await promise;
  const store: ObjectStore = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    buckets,
    uploads,
    asked,
    fault: () => undefined,
    before: async () => {},
    forgetUploads: () => uploads.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
  return store;
}

interface Given {
  readonly bucket: string;
  readonly objects: Map<string, StoredObject>;
  readonly key: string;
  readonly body: Buffer;
  readonly query: URLSearchParams;
  readonly headers: AskedOfStore['headers'];
}

const statuses: Readonly<Record<string, number>> = {
  AuthorizationHeaderMalformed: 400,
  XAmzContentSHA256Mismatch: 400,
};

const etagOf = (body: Uint8Array): string => `"${createHash('md5').update(body).digest('hex')}"`;
const xml = (text: string): string => text.replace(/[<>&"]/g, (mark) => `&#${mark.charCodeAt(0)};`);

function operationOf(method: string, key: string, query: URLSearchParams): string {
  if (key === '') return 'list';
  if (method === 'POST') return query.has('uploads') ? 'begin' : 'complete';
  if (query.has('uploadId')) return method === 'PUT' ? 'part' : 'abort';
  return method.toLowerCase();
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, status: number, body: string, headers = {}): ServerResponse {
  return response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body);
}

function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  headers = {},
  more: Readonly<Record<string, string>> = {},
): ServerResponse {
  const rest = Object.entries(more).map(([name, text]) => `<${name}>${text}</${name}>`);
  return reply(
    response,
    status,
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} as the store says it</Message>${rest.join('')}</Error>`,
    headers,
  );
}
