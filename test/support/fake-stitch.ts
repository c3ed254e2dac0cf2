import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../src/lib/json.ts';
import { createCertificate } from './certificates.ts';

/**
 * The original's API as far as a migration reads it, with answers of the shapes that its documentation shows: version 4,
 * a list for each collection, source objects without `destination_id`.
 */
export interface FakeStitch extends AsyncDisposable {
  readonly origin: string;
  /** PEM of the authority that its certificate is from; null where it speaks plain HTTP. */
  readonly authority: string | null;
  /** What it holds; a test may change it. */
  readonly holds: { destinations: JsonObject[]; sources: JsonObject[]; mapping: Record<number, number> };
  /** Answers for the next requests, in place of the usual ones. */
  readonly next: { status: number; headers?: Record<string, string>; body?: string }[];
  /** `GET /v4/sources`, one for each request. */
  readonly asked: string[];
  /** Answers lists as pages of this size. */
  pageSize: number | null;
}

export async function startFakeStitch(token: string, { tls = false } = {}): Promise<FakeStitch> {
  const authority = createCertificate({ ca: true });
  const certificate = createCertificate({ issuer: authority, names: ['localhost', '127.0.0.1'] });
  const fake = {
    holds: { destinations: [], sources: [], mapping: {} } as FakeStitch['holds'],
    next: [] as FakeStitch['next'],
    asked: [] as string[],
    pageSize: null as number | null,
  };
  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '', 'http://fake');
    fake.asked.push(`${request.method} ${request.url}`);
    const answer = (status: number, body: string, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    };
    const planned = fake.next.shift();
    if (planned) return answer(planned.status, planned.body ?? '', planned.headers);
    if (request.headers.authorization !== `Bearer ${token}`)
      return answer(401, JSON.stringify({ error: 'Unauthorized' }));
    const found = find(url, fake.holds);
    if (found === null) return answer(404, JSON.stringify({ error: 'NotFound' }));
    answer(200, JSON.stringify(paged(url, found, fake.pageSize)));
  };
  const server: Server = tls
    ? createServer({ cert: certificate.cert, key: certificate.key }, listener)
    : createPlainServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    authority: tls ? authority.cert : null,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function find({ pathname, searchParams }: URL, holds: FakeStitch['holds']): unknown[] | null {
  const { destinations, sources, mapping } = holds;
  const sourceId = searchParams.get('source_id');
  if (pathname === '/v4/destinations' && sourceId !== null)
    return destinations.filter(({ id }) => id === mapping[Number(sourceId)]);
  if (pathname === '/v4/destinations') return destinations;
  if (pathname === '/v4/sources') return sources;
  const [, id] = /^\/v4\/sources\/(\d+)\/tokens$/.exec(pathname) ?? [];
  return sources.some((source) => source.id === Number(id)) ? [828_792_559] : null;
}

function paged({ pathname, searchParams }: URL, found: unknown[], size: number | null): unknown {
  if (size === null) return found;
  const page = Number(searchParams.get('page') ?? 1);
  const isLast = page * size >= found.length;
  const links = isLast ? {} : { next: `${pathname}?page=${page + 1}` };
  return { data: found.slice((page - 1) * size, page * size), page, total: found.length, links };
}

/** A destination as `GET /v4/destinations` shows it there. */
export const aStitchDestination = (changes: JsonObject = {}): JsonObject => ({
  description: 'Postgres database for the staging environment.',
  properties: {
    database: 'demni2mf59dt10',
    encryption_type: 'none',
    host: 'db.example.com',
    port: '5432',
    ssl: 'true',
    status: '1',
    username: 'stitch',
  },
  updated_at: '2019-05-24T18:04:08Z',
  check_job_name: '116078.155582.check.7f9c9f6a-7e5e-11e9-8f9e-2a86e4085a59',
  name: 'Staging',
  type: 'postgres',
  deleted_at: null,
  system_paused_at: null,
  stitch_client_id: 116_078,
  paused_at: null,
  id: 155_582,
  display_name: null,
  created_at: '2019-05-24T18:03:50Z',
  report_card: {
    type: 'postgres',
    current_step: 2,
    current_step_type: 'fully_configured',
    steps: [
      {
        type: 'form',
        properties: [
          { name: 'host', is_required: true, is_credential: false, provided: true },
          { name: 'password', is_required: true, is_credential: true, provided: true },
        ],
      },
      { type: 'fully_configured', properties: [] },
    ],
  },
  ...changes,
});

/** A source as `GET /v4/sources` shows it there: an Import API source unless the changes say otherwise. */
export const aStitchSource = (changes: JsonObject = {}): JsonObject => ({
  properties: {},
  updated_at: '2019-04-12T19:03:13Z',
  schedule: null,
  name: 'shop',
  type: 'import_api',
  deleted_at: null,
  system_paused_at: null,
  stitch_client_id: 116_078,
  paused_at: null,
  id: 119_945,
  display_name: 'The Shop',
  created_at: '2019-01-07T23:20:22Z',
  report_card: {
    type: 'import_api',
    current_step: 1,
    current_step_type: 'fully_configured',
    steps: [{ type: 'fully_configured', properties: [] }],
  },
  ...changes,
});

/** One of a type that fetches records itself, as the documentation shows it. */
export const aStitchTap = (changes: JsonObject = {}): JsonObject =>
  aStitchSource({
    properties: {
      anchor_time: '2019-01-07T23:23:08.116Z',
      cron_expression: null,
      frequency_in_minutes: '30',
      image_version: '1.latest',
      product: 'pipeline',
      start_date: '2018-01-01T00:00:00Z',
    },
    schedule: { type: 'interval', unit: 'minute', interval: 30.0, next_fire_time: '2019-04-12T19:30:00Z' },
    name: 'adwords',
    type: 'platform.adwords',
    id: 120_643,
    display_name: 'AdWords2',
    ...changes,
  });
