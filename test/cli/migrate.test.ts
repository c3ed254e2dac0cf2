import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/lib/json.ts';
import { createCommandLine, type Ran } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  aStitchDestination,
  aStitchSource,
  aStitchTap,
  type FakeStitch,
  startFakeStitch,
} from '../support/fake-stitch.ts';

const stitchToken = 'ac_token_of_the_account_that_moves_0123456789';
const senderToken = '9f4e0c1d2b3a495867f0e1d2c3b4a5968778695a4b3c2d1e0f9e8d7c6b5a4938';
const cli = createCommandLine();
let database: TestDatabase;
let stitch: FakeStitch;
let tokenFile: string;
let passwordFile: string;
let senderTokenFile: string;

/** What moves: a warehouse, a source of each kind, one that is paused, and what was deleted. */
beforeAll(async () => {
  // The installation is made by its first start.
  const server = cli.serve();
  [database, stitch] = await Promise.all([createTestDatabase(), startFakeStitch(stitchToken, { tls: true })]);
  await (await server)[Symbol.asyncDispose]();
  const file = (name: string, text: string): string => {
    const place = path.join(cli.data, name);
    writeFileSync(place, text, { mode: 0o600 });
    return place;
  };
  tokenFile = file('stitch.token', `${stitchToken}\n`);
  passwordFile = file('password', database.password);
  senderTokenFile = file('sender.token', senderToken);
  file('authority.pem', stitch.authority ?? '');
});
afterAll(async () => {
  await stitch[Symbol.asyncDispose]();
  await cli[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});
beforeEach(() => {
  stitch.next.length = 0;
  stitch.asked.length = 0;
  stitch.holds.destinations = [
    aStitchDestination({ properties: settings() }),
    aStitchDestination({ id: 155_583, type: 'redshift', name: 'Old warehouse' }),
    aStitchDestination({ id: 155_581, deleted_at: '2019-05-24T18:00:00Z' }),
  ];
  stitch.holds.sources = [
    aStitchSource(),
    aStitchSource({
      id: 119_946,
      name: 'old_name',
      display_name: 'Renamed since',
      paused_at: '2019-05-01T00:00:00Z',
    }),
    aStitchTap(),
  ];
  stitch.holds.mapping = { 119945: 155_582, 119946: 155_583 };
});

const settings = (): JsonObject => ({
  host: database.host,
  port: String(database.port),
  database: database.database,
  username: database.user,
  ssl: 'false',
  encryption_type: 'none',
  status: '1',
});

interface Given {
  readonly input?: string;
  readonly env?: Record<string, string>;
}
async function migrate(options: readonly string[], { input, env }: Given = {}): Promise<Ran> {
  const args = ['migrate', '--from-stitch', '--from', stitch.origin, '--token-file', tokenFile, ...options];
  // Authorities are read when a process starts.
  const ran = await cli.run(args, {
    asProcess: true,
    env: { NODE_EXTRA_CA_CERTS: path.join(cli.data, 'authority.pem'), ...env },
    ...(input !== undefined && { input }),
  });
  for (const secret of [stitchToken, database.password, senderToken])
    expect(ran.out + ran.err).not.toContain(secret);
  return ran;
}
const withPassword = () => ['--secret', `155582.password=@${passwordFile}`];
const shown = async (what: 'destinations' | 'sources') => await cli.json<JsonObject[]>([what, 'list']);

test('an account moves: planned, refused without its secrets, done, and then there is nothing left', async () => {
  const planned = await migrate(['--dry-run']);
  expect(planned).toMatchObject({ code: 5, err: '' });
  expect(planned.out).toMatch(/^\+ destination 155582 Staging \(postgres\)$/m);
  expect(planned.out).toMatch(/^ {4}left out, without a meaning here: status$/m);
  expect(planned.out).toMatch(/^ {4}has to be given: password$/m);
  expect(planned.out).toMatch(
    /^! destination 155583 Old warehouse \(redshift\)\n {4}this build cannot connect/m,
  );
  expect(planned.out).toMatch(/^\+ source 119945 The Shop \(import_api\)$/m);
  expect(planned.out).toMatch(/^ {4}schema shop, mapped to destination 155582$/m);
  expect(planned.out).toMatch(/^ {4}its destination 155583 cannot move: what it is sent waits/m);
  expect(planned.out).toMatch(
    /^! source 120643 AdWords2 \(platform\.adwords\)\n {4}this build has no sources/m,
  );
  expect(planned.out).toMatch(/^\* The account is 116078 there and \d+ here/m);
  expect(planned.out).toMatch(/^To do: create 3\. Here already: 0\. Cannot move: 2\.$/m);

  const refused = await migrate(['--yes']);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('secrets are missing: 155582.password. Give each with --secret');
  expect(await shown('sources')).toEqual([]);

  const moved = await migrate([
    ...withPassword(),
    '--secret',
    `119945.import_token=@${senderTokenFile}`,
    '--yes',
  ]);
  expect(moved.code).toBe(0);
  expect(moved.out).toMatch(/^created destination 155582 Staging$/m);
  expect(moved.out).toMatch(/^created source 119945 The Shop, with the import token that its senders have$/m);
  expect(moved.err).toMatch(/^For those who send to Renamed since: backstitch sources token 119946$/m);
  expect(await shown('destinations')).toMatchObject([
    {
      id: 155_582,
      name: 'Staging',
      description: 'Postgres database for the staging environment.',
      properties: { host: database.host, port: String(database.port) },
    },
  ]);
  expect(await cli.json(['destinations', 'history', '155582', '--checks'])).toMatchObject([
    { status: 'succeeded' },
  ]);
  expect(await shown('sources')).toMatchObject([
    { id: 119_945, display_name: 'The Shop', name: 'shop', destination_id: 155_582, paused_at: null },
    {
      id: 119_946,
      display_name: 'Renamed since',
      name: 'old_name',
      destination_id: null,
      paused_at: expect.stringMatching(/Z$/),
    },
  ]);

  const again = await migrate([...withPassword(), '--yes', '--json']);
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(again.out)).toMatchObject({
    from_account: 116_078,
    destinations: [{ id: 155_582, action: 'none' }, { action: 'cannot' }],
    sources: [
      { action: 'none' },
      { action: 'none' },
      { action: 'cannot', why: expect.stringContaining('adwords') },
    ],
    done: [],
  });
});

test('senders go on with the token and the table they had', async () => {
  await using server = await cli.serve();
  const sent = await fetch(`${server.address}/v2/import/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${senderToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      table_name: 'orders',
      key_names: ['id'],
      schema: { properties: { id: { type: 'integer' } } },
      messages: [{ action: 'upsert', sequence: 1, data: { id: 1 } }],
    }),
  });
  expect(sent.status).toBe(201);
  await expect
    .poll(async () => await database.query('select id from shop.orders').catch(() => []), { timeout: 20_000 })
    .toEqual([{ id: '1' }]);
});

test('a destination that does not work is not created, nor is what is mapped to it; the next run goes on', async () => {
  stitch.holds.destinations = [aStitchDestination({ id: 155_590, name: 'Other', properties: settings() })];
  stitch.holds.sources = [aStitchSource({ id: 119_950, name: 'clicks', display_name: 'Clicks' })];
  stitch.holds.mapping = { 119950: 155_590 };
  const file = path.join(cli.data, 'secrets.yaml');
  writeFileSync(file, '155590.password: "not the password"\n', { mode: 0o644 });
  const failed = await migrate(['--secrets', file, '--yes']);
  expect(failed.code).toBe(3);
  expect(failed.err).toMatch(/^not moved: destination 155590 Other: Nothing was changed/m);
  expect(failed.err).toMatch(/^ {2}sign_in: /m);
  expect(failed.err).toContain('can be read by others on this machine');
  expect(failed.out).toMatch(/^left for another time: source 119950 Clicks$/m);
  expect(failed.err).toContain('Not moved: 2. Run it again to go on there.');

  writeFileSync(file, JSON.stringify({ '155590.password': database.password }));
  // The token is that of another source by now, so its senders need a new one; all the rest is done.
  const taken = ['--secret', `119950.import_token=@${senderTokenFile}`];
  const done = await migrate(['--secrets', file, ...taken, '--yes', '--json']);
  expect(done.code).toBe(1);
  expect(JSON.parse(done.out)).toMatchObject({
    done: [
      { kind: 'destination', id: 155_590, result: 'created', here: 155_590 },
      { kind: 'source', id: 119_950, result: 'created', kept_token: false, error: { error: 'InvalidForm' } },
    ],
  });
});
