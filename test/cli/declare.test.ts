import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createClient } from '../../client/src/client.ts';
import { readAccount } from '../../src/cli/declare/account-state.ts';
import { applyPlan } from '../../src/cli/declare/apply-plan.ts';
import { makePlan } from '../../src/cli/declare/make-plan.ts';
import { parseDeclaration } from '../../src/cli/declare/parse-declaration.ts';
import { createCommandLine, type Ran, type TestServer } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const cli = createCommandLine();
const token = 'token-of-the-declare-tests-0123456789abc';
let database: TestDatabase;
let server: TestServer;
let file: string;
let tokenFile: string;

beforeAll(async () => {
  [database, server] = await Promise.all([
    createTestDatabase(),
    cli.serve({ BACKSTITCH_TOKEN: token, BACKSTITCH_CLIENT_ID: '100' }),
  ]);
  file = path.join(cli.data, 'warehouse.yaml');
  tokenFile = path.join(cli.data, 'token');
  writeFileSync(tokenFile, `${token}\n`);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await cli[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly display_name: string | null;
  readonly destination_id?: number | null;
  readonly deleted_at: string | null;
  readonly paused_at: string | null;
  readonly properties: Readonly<Record<string, string>>;
}
const listed = async (what: 'destinations' | 'sources'): Promise<Listed[]> => {
  const { body } = await server.call(token, 'GET', `/v4/${what}`);
  return (body as Listed[]).filter(({ deleted_at: deletedAt }) => deletedAt === null);
};
beforeEach(async () => {
  for (const what of ['sources', 'destinations'] as const)
    for (const { id } of await listed(what)) await server.call(token, 'DELETE', `/v4/${what}/${id}`);
});

/** The example of docs/declarative.md, with the test's database in it. */
const example = () =>
  (readFileSync('docs/declarative.md', 'utf8').match(/^```yaml\n([\s\S]*?)^```/m)?.[1] ?? '')
    .replace('db.example.com', database.host)
    .replace('5432', String(database.port))
    .replace('database: warehouse', `database: ${database.database}`)
    .replace('username: backstitch', `username: ${database.user}`);

interface Given {
  readonly yaml?: string;
  readonly password?: string | null;
}
const run = async (command: string, options: readonly string[] = [], given: Given = {}): Promise<Ran> => {
  const { yaml = example(), password = database.password } = given;
  writeFileSync(file, yaml);
  const args = [command, file, '--server', server.address, '--token-file', tokenFile, ...options];
  const ran = await cli.run(args, { env: password === null ? {} : { WAREHOUSE_PASSWORD: password } });
  for (const secret of [token, password ?? token]) expect(ran.out + ran.err).not.toContain(secret);
  return ran;
};
const plan = (given?: Given, ...options: string[]) => run('plan', options, given);
const apply = (given?: Given, ...options: string[]) => run('apply', ['--yes', ...options], given);

/** The example applied in this process: commands take their time to start. */
async function exampleApplied(): Promise<number> {
  const client = createClient({ baseUrl: server.address, token });
  const parsed = parseDeclaration(example(), 'example.yaml');
  if ('unreadable' in parsed) throw new Error('the example cannot be read');
  const state = await readAccount(client);
  const env = { WAREHOUSE_PASSWORD: database.password };
  const made = makePlan(parsed.declaration, state, { prune: false, secrets: false, env, folder: '.' });
  if (!('plan' in made)) throw new Error('there should be a plan');
  await applyPlan(made.plan, { client, state, strict: false, onDone() {} });
  return (await listed('destinations'))[0]!.id;
}
const revisionOf = async (id: number) =>
  (
    await fetch(`${server.address}/v4/destinations/${id}`, { headers: { authorization: `Bearer ${token}` } })
  ).headers.get('etag');

test('the example of the documentation is planned, applied, and then there is nothing to do', async () => {
  const planned = await plan();
  expect(planned).toMatchObject({ code: 5, err: '' });
  expect(planned.out).toMatch(/^\+ destination Warehouse$/m);
  expect(planned.out).toMatch(/^ {4}password: \(secret\) is set$/m);
  expect(planned.out).toMatch(
    /^\+ source Shop\n {4}type: import_api\n {4}on_invalid: reject\n {4}destination: Warehouse\n {4}paused: false$/m,
  );
  expect(await listed('destinations')).toEqual([]);

  const applied = await apply();
  expect(applied).toMatchObject({ code: 0, err: '' });
  expect(applied.out).toMatch(/^created destination Warehouse \(\d+\)\ncreated source Shop \(\d+\)$/m);
  const [destination] = await listed('destinations');
  expect(destination).toMatchObject({ name: 'Warehouse', properties: { port: String(database.port) } });
  expect(await listed('sources')).toMatchObject([
    { display_name: 'Shop', destination_id: destination!.id, paused_at: null },
  ]);

  const again = await plan({ yaml: example().replace(/port: (\d+)/, 'port: "0$1"') });
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(again.out).toMatch(/^= destination Warehouse \(\d+\) \(password: not compared/m);
  expect(again.out).toContain('Nothing to do.');
  const idle = await apply({}, '--json');
  expect(JSON.parse(idle.out)).toMatchObject({ actions: [], done: [] });
});

test('what changes is shown and changed, and what the file does not mention stays', async () => {
  await exampleApplied();
  const yaml = example()
    .replace('What the analysts read', 'For everybody')
    .replace(/^ {4}properties: #.*\n/m, '$&      lock_timeout: 7\n')
    .replace('paused: false', 'paused: true')
    .replace('      on_invalid: reject\n', '      on_invalid: null\n')
    .replace('      ssl: false\n', '');
  const planned = await plan({ yaml }, '--json');
  expect(planned.code).toBe(5);
  expect(JSON.parse(planned.out)).toMatchObject({
    actions: [
      {
        action: 'update',
        kind: 'destination',
        changes: [
          { property: 'description', from: 'What the analysts read', to: 'For everybody' },
          { property: 'lock_timeout', from: null, to: '7' },
          { property: 'password', secret: 'sent' },
        ],
      },
      {
        action: 'update',
        kind: 'source',
        changes: [
          { property: 'on_invalid', from: 'reject', to: null },
          { property: 'paused', from: false, to: true },
        ],
      },
    ],
  });
  expect((await apply({ yaml })).code).toBe(0);
  expect(await listed('destinations')).toMatchObject([{ properties: { lock_timeout: '7', ssl: 'false' } }]);
  expect(await listed('sources')).toMatchObject([{ properties: {}, paused_at: expect.any(String) }]);
  expect((await plan({ yaml })).code).toBe(0);
});

test('settings that do not work change nothing; what was not done is said, and done the next time', async () => {
  const id = await exampleApplied();
  const before = await revisionOf(id);
  const yaml = `${example()}  Till:\n    type: import_api\n    destination: Warehouse\n`;

  const refused = await apply({ yaml, password: 'not-the-password' }, '--secrets');
  expect(refused.code).toBe(3);
  expect(refused.err).toMatch(/^Done: 0. Not done: destination Warehouse, source Till\./m);
  expect(refused.err).toMatch(/^ {2}sign_in: /m);
  expect(await revisionOf(id)).toBe(before);

  const forPrograms = await apply({ yaml, password: 'not-the-password' }, '--secrets', '--json');
  expect(forPrograms).toMatchObject({ code: 3, out: '' });
  expect(JSON.parse(forPrograms.err)).toMatchObject({
    error: 'CheckFailed',
    data: {
      done: [],
      not_done: [
        { action: 'update', kind: 'destination', name: 'Warehouse' },
        { action: 'create', kind: 'source', name: 'Till' },
      ],
    },
  });

  const goneOn = await apply({ yaml }, '--secrets');
  expect(goneOn).toMatchObject({ code: 0, err: '' });
  expect(goneOn.out).toMatch(
    /^kept destination Warehouse \(\d+\): its credentials are these\ncreated source Till/m,
  );
  expect(await revisionOf(id)).toBe(before);
});

test('a credential that was rotated is taken with --secrets, unproved with --no-check', async () => {
  const id = await exampleApplied();
  const before = await revisionOf(id);
  const rotated = { password: 'not-yet-the-password' };
  const [unasked, planned] = await Promise.all([plan(rotated), plan(rotated, '--secrets')]);
  expect(unasked.code).toBe(0);
  expect(planned.code).toBe(5);
  expect(planned.out).toMatch(/^ {4}password: \(secret\) is sent again$/m);
  expect((await apply(rotated, '--secrets', '--no-check')).out).toMatch(/^changed destination Warehouse/m);
  expect(await revisionOf(id)).not.toBe(before);
});

test('what comes from elsewhere is shown as where it comes from', async () => {
  const yaml = example()
    .replace(/description: .*/, 'description: null')
    .replace(/host: .*/, 'host: { env: ELSEWHERE }');
  writeFileSync(file, yaml);
  const args = ['plan', file, '--server', server.address, '--token-file', tokenFile];
  const env = { WAREHOUSE_PASSWORD: database.password, ELSEWHERE: 'in.no.log.example' };
  const { code, out, err } = await cli.run(args, { env });
  expect({ code, err }).toEqual({ code: 5, err: '' });
  expect(out).toMatch(/^ {4}host: \(from ELSEWHERE\)$/m);
  expect(out).not.toContain('in.no.log');
});

test('what is not in the file is left alone, and deleted with --prune', async () => {
  await exampleApplied();
  const yaml = 'version: 1\n';
  const [left, asked] = await Promise.all([apply({ yaml }), run('apply', ['--prune'], { yaml })]);
  expect(left.code).toBe(0);
  expect(left.out).toMatch(/^\? source Shop \(\d+\) is not in the file/m);
  expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('add --yes to confirm') });
  expect(await listed('sources')).toHaveLength(1);
  const pruned = await apply({ yaml }, '--prune');
  expect(pruned).toMatchObject({ code: 0, err: '' });
  expect(pruned.out).toMatch(/^deleted source Shop \(\d+\)\ndeleted destination Warehouse \(\d+\)$/m);
  expect([...(await listed('sources')), ...(await listed('destinations'))]).toEqual([]);
});

test('a destination that somebody changed after the plan was made is not overwritten', async () => {
  const client = createClient({ baseUrl: server.address, token });
  const settings = { host: database.host, port: 1, database: 'a', username: 'b', password: 'c', ssl: false };
  const { destination } = await client.destinations.create({
    type: 'postgres',
    name: 'Warehouse',
    properties: settings,
  });
  const state = await readAccount(client);
  const properties = { port: { value: 2 } };
  const declaration = { destinations: [{ name: 'Warehouse', type: 'postgres', properties }], sources: [] };
  const made = makePlan(declaration, state, { prune: false, secrets: false, env: {}, folder: '.' });
  if (!('plan' in made)) throw new Error('there should be a plan');

  await client.destinations.update(destination.id, { properties: { port: 3 } });
  const applied = applyPlan(made.plan, { client, state, strict: false, onDone() {} });
  await expect(applied).rejects.toMatchObject({ name: 'RevisionMismatchError' });
  expect(await listed('destinations')).toMatchObject([{ properties: { port: '3' } }]);
});

test('everything that is wrong with a file is said at once, each at its place', async () => {
  const yaml = `version: 1
destination: {}
destinations:
  Warehouse:
    type: postgres
    propertys: {}
    properties: { hostt: a, port: many, password: in-the-file }
  Other:
    type: postgres
    properties:
      host: a
      database: b
      username: c
      ssl: false
      password: { env: NO_SUCH_VARIABLE }
sources:
  Shop: { type: import_api, destination: Nowhere, paused: 1 }
`;
  const { code, err, out } = await plan({ yaml, password: null });
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).not.toContain('in-the-file');
  const told = err.split('\n').map((line) => line.replace(/^.*warehouse\.yaml:/, ''));
  for (const problem of [
    /^2:1: There is no key "destination" here\. Is destinations meant\?/,
    /^6:5: .*Is properties meant\?/,
    /^7:19: hostt: .*Is host meant\?/,
    /^7:29: port: Give a whole number/,
    /^7:41: password is a credential/,
    /^15:7: .*NO_SUCH_VARIABLE is not set/,
    /^17:29: There is no destination "Nowhere"/,
    /^17:51: Give true or false/,
  ])
    expect(told).toContainEqual(expect.stringMatching(problem));
});

test('a file that is no YAML is told by its line, without what stands there', async () => {
  const { code, err } = await plan({ yaml: 'version: 1\ndestinations:\n  A: { password: "hush-hush\n' });
  expect(code).toBe(2);
  expect(err).toMatch(/warehouse\.yaml:\d+:\d+: /);
  expect(err).not.toContain('hush');
  const twice = await plan({ yaml: 'version: 1\nsources:\n  A: {}\n  A: {}\n' });
  expect(twice.err).toMatch(/warehouse\.yaml:4:3: This key stands there twice/);
});

test('in an installation no token has to be given, none is made, and no server need run', async () => {
  writeFileSync(file, 'version: 1\n');
  const [{ code, out, err }, elsewhere] = await Promise.all([
    cli.run(['plan', file]),
    cli.run(['plan', file, '--server', server.address]),
  ]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe('Nothing to do.\n');
  expect(await cli.json(['tokens', 'list', '--account', '100'])).toHaveLength(1);
  expect(elsewhere).toMatchObject({ code: 2, err: expect.stringContaining('--token-file') });
});

test('no secret stands in the arguments of the server, however it was started', async () => {
  const args = readFileSync(`/proc/${server.pid}/cmdline`, 'utf8');
  expect(args).toContain('serve');
  expect(args).not.toContain(token);
  const refused = await cli.run([
    'destinations',
    'add',
    '--type',
    'postgres',
    `password=${database.password}`,
  ]);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('password is a credential');
  expect(refused.err).not.toContain(database.password);
});

test('no credential reached the log of the server', () => {
  const log = JSON.stringify(server.log);
  for (const secret of [database.password, 'not-the-password', 'not-yet-the-password'])
    expect(log).not.toContain(secret);
});
