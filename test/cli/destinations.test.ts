import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectionCheckWithSteps, Destination } from '../../client/src/index.ts';
import { createCommandSession } from '../support/command-session.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openPseudoTerminal } from '../support/pseudo-terminal.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const session = createCommandSession();
const token = 'token-of-the-destinations-tests-0123456';
let database: TestDatabase;
let server: TestServer;
let elsewhere: Record<string, string>;

beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), startTestServer(), session.install(token)]);
  elsewhere = { BACKSTITCH_SERVER: server.origin, BACKSTITCH_TOKEN: server.visitor.token };
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

type Shown = Destination & {
  readonly revision: number;
  readonly check: ConnectionCheckWithSteps | null;
};

const settings = () => [
  `host=${database.host}`,
  `port=${database.port}`,
  `database=${database.database}`,
  `username=${database.user}`,
  'ssl=false',
];
const add = (...args: string[]) => ['destinations', 'add', '--type', 'postgres', ...settings(), ...args];
/** A destination whose password is right. */
const added = async (env: Record<string, string>) =>
  await session.json<Shown>(add('password=-', '--no-check'), { input: database.password, env });

/** The same commands work in an installation, where no server runs, and on a server elsewhere. */
const places = [
  ['in this installation', () => ({})],
  ['on a server elsewhere', () => elsewhere],
] as const;

test.each(places)('%s a destination is added, checked, changed and deleted', async (_, place) => {
  const env = place();
  const made = await session.json<Shown>(add('password=-', '--name', 'Warehouse', '--strict'), {
    input: `${database.password}\n`,
    env,
  });
  expect(made).toMatchObject({ name: 'Warehouse', revision: 1, check: { status: 'succeeded' } });
  const id = String(made.id);

  const shown = await session.run(['destinations', 'show', id], { env });
  expect(shown.out).toMatch(/^password +\*{10}$/m);
  expect(shown.out).toMatch(/^last check +succeeded 2/m);
  const list = await session.run(['destinations', 'list'], { env });
  expect(list.out).toMatch(new RegExp(`${id} +postgres +Warehouse +succeeded`));

  const wrong = await session.run(['destinations', 'set', id, 'password=-'], { env, input: 'wrong' });
  expect(wrong).toMatchObject({ code: 3, out: expect.stringMatching(/^failed +sign_in.*\n +→ /m) });
  expect(wrong.err).toContain(
    `The settings are kept. Change what is wrong: backstitch destinations set ${id} password`,
  );
  const right = await session.run(['destinations', 'set', id, 'password'], {
    env,
    answers: [database.password],
  });
  expect(right).toMatchObject({ code: 0, out: expect.stringContaining('is changed; revision 3') });
  expect(right.out).toContain('The check succeeded.');

  const history = await session.run(['destinations', 'history', id], { env });
  expect(history.out).toMatch(/3 +\S+ +updated +password\n.*2 +\S+ +updated +password\n.*1 +\S+ +created/);
  const checks = await session.run(['destinations', 'history', id, '--checks', '--limit', '2'], { env });
  expect(checks.out).toMatch(/saved +succeeded +-\n.*saved +failed +sign_in: /);

  const asked = await session.run(['destinations', 'delete', id], { env });
  expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('add --yes to confirm') });
  expect(await session.json(['destinations', 'delete', id, '--yes'], { env })).toEqual({
    id: made.id,
    deleted: true,
  });
  const gone = await session.run(['destinations', 'show', id], { env });
  expect(gone).toMatchObject({
    code: 1,
    err: expect.stringContaining(`the account has no destination ${id}`),
  });
  for (const { out, err } of [shown, list, wrong, history, checks])
    expect(out + err).not.toContain(database.password);
});

test.each(places)('%s a change that fails its check is not made when it is strict', async (_, place) => {
  const env = place();
  const { id } = await added(env);
  const refused = await session.run(['destinations', 'set', String(id), '--strict', 'port=1'], { env });
  expect(refused).toMatchObject({ code: 3, out: '', err: expect.stringMatching(/^ {2}connect: /m) });
  const { properties } = await session.json<Shown>(['destinations', 'show', String(id)], { env });
  expect(properties).toMatchObject({ port: String(database.port) });

  const before = await session.json<unknown[]>(['destinations', 'list'], { env });
  const { code } = await session.run(add('--strict', 'password=-'), { env, input: 'wrong' });
  expect(code).toBe(3);
  expect(await session.json(['destinations', 'list'], { env })).toHaveLength(before.length);
});

test('a change is bound to the revision that was seen, and says when nothing changes', async () => {
  const { id } = await added({});
  const set = (...args: string[]) => session.run(['destinations', 'set', String(id), '--no-check', ...args]);
  expect((await set('ssl=false')).out).toContain('was so already: nothing is changed');
  expect((await set('database=other', '--if-revision', '1')).out).toContain('revision 2');
  const late = await set('database=third', '--if-revision', '1');
  expect(late.code).toBe(1);
  expect(late.err).toContain('revision');
  const lockTimeout = await set('lock_timeout=9', '--name', 'Two at once');
  expect(lockTimeout).toMatchObject({ code: 0, out: expect.stringContaining('(Two at once) is changed') });
  await set('--unset', 'lock_timeout');
  const { properties } = await session.json<Shown>(['destinations', 'show', String(id)]);
  expect(properties).not.toHaveProperty('lock_timeout');
});

test('in its own installation, a destination may be given its id', async () => {
  const args = add('--id', '86741', '--no-check', 'password=-');
  expect(await session.json(args, { input: 'x' })).toMatchObject({ id: 86741, stitch_client_id: 100 });
  const refused = await session.run(args, { input: 'x', env: elsewhere });
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('of this machine only') });
});

test('whoever says nothing is asked for everything that is needed, until it can be right', async () => {
  const { code, out, err } = await session.run(['destinations', 'add'], {
    answers: [
      ...['nonsense', 'postgres'],
      ...[database.host, 'many', String(database.port), database.user, '', database.database],
      ...[database.password, 'perhaps', 'no', 'ssl', ''],
    ],
  });
  for (const line of [
    'Type a number from 1 to 4, or a name.',
    'Type a whole number.',
    'database is needed.',
    'Type yes or no.',
    'Type ssh or none.',
  ])
    expect(err).toContain(`\n${line}\n`);
  expect(out).toContain('The check succeeded.');
  expect(code).toBe(0);
});

test('whoever typed what cannot be used is asked for that once more, and for nothing else', async () => {
  const args = add('ssl=maybe', 'encryption_type=none', 'password=-', '--no-check');
  const given = args.filter((arg) => arg !== 'ssl=false');
  const { code, err } = await session.run(given, { input: 'x', answers: ['no'] });
  expect(err).toMatch(/^ssl: .*\nssl - .* \(yes or no\): no$/m);
  expect(code).toBe(0);
});

test('properties that cannot be used are refused, each with its reason', async () => {
  const { code, err } = await session.run(add('nonsense=1', 'password=-'), { input: 'x' });
  expect(code).toBe(1);
  expect(err).toMatch(/^ {2}nonsense: /m);
  const type = await session.run(['destinations', 'add', '--type', 'postgress']);
  expect(type).toMatchObject({ code: 2, err: expect.stringContaining('(is postgres meant?)') });
});

test('types are listed, and each with its properties', async () => {
  expect((await session.run(['destinations', 'types'])).out).toMatch(/^postgres +PostgreSQL +yes$/m);
  const { out } = await session.run(['destinations', 'types', 'postgres']);
  expect(out).toMatch(/^password +credential +yes/m);
  expect(out).toMatch(/^encryption_type +text +none/m);
});

test('at a real terminal, somebody adds a destination from nothing, and nobody sees the password', async () => {
  await using terminal = openPseudoTerminal(['destinations', 'add'], {
    HOME: session.home,
    BACKSTITCH_DATA: session.data,
  });
  await terminal.answer('Which type', '1');
  await terminal.answer('host - ', database.host);
  await terminal.answer('port - ', String(database.port));
  await terminal.answer('username - ', database.user);
  await terminal.answer('database - ', database.database);
  await terminal.answer('password - ', database.password);
  await terminal.answer('ssl - ', 'no');
  await terminal.answer('encryption_type - ', '');
  expect(await terminal.ended).toBe(0);
  const screen = terminal.screen();
  expect(screen).toContain('The check succeeded.');
  expect(screen).toContain('\r\u001b[K⠋ checking');
  expect(screen).not.toContain(database.password);
  expect(screen).not.toContain('"level":');
});
