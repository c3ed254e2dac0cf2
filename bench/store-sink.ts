import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

/**
 * A store for measurements, run as a process of its own: takes S3 requests of anybody, keeps what it gets (with --forget:
 * but for parts), and hashes it as stores do.
 */
const forgets = process.argv.includes('--forget');
const objects = new Map<string, Buffer>();
const uploads = new Map<string, Buffer[]>();

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const etagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`;

const server = createServer(async (request, response) => {
  const body = await bodyOf(request);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sink');
  const key = decodeURIComponent(pathname.slice('/lake/'.length));
  const id = searchParams.get('uploadId') ?? '';
  const answer = (status: number, text: string | Buffer = '', headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(text);
  const known = objects.get(key);
  if (request.method === 'GET' && key === '')
    return answer(200, '<ListBucketResult><Name>lake</Name></ListBucketResult>');
  if (request.method === 'GET' || request.method === 'HEAD')
    return known
      ? answer(200, known, { etag: etagOf(known) })
      : answer(404, '<Error><Code>NoSuchKey</Code></Error>');
  if (request.method === 'DELETE') {
    objects.delete(key);
    return answer(204);
  }
  if (request.method === 'POST' && searchParams.has('uploads')) {
    const begun = String(uploads.size + Math.random());
    uploads.set(begun, []);
    return answer(
      200,
      `<InitiateMultipartUploadResult><UploadId>${begun}</UploadId></InitiateMultipartUploadResult>`,
    );
  }
  if (request.method === 'POST') {
    objects.set(key, Buffer.concat(uploads.get(id) ?? []));
    uploads.delete(id);
    return answer(200, '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
  }
  if (id !== '')
    uploads.get(id)![Number(searchParams.get('partNumber')) - 1] = forgets ? Buffer.alloc(0) : body;
  else if (request.headers['if-none-match'] && known)
    return answer(412, '<Error><Code>PreconditionFailed</Code></Error>');
  else objects.set(key, body);
  return answer(200, '', { etag: etagOf(body) });
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
