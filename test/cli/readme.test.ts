import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createCommandLine } from '../support/command-line.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { strippedSources } from '../support/strip-sources.ts';

const settingsOf = ({ host, port, database, user, password }: TestDatabase) => ({
  DB_HOST: host,
  DB_PORT: String(port),
  DB_NAME: database,
  DB_USER: user,
  DB_PASSWORD: password,
});

/** The commands of a section of the README, as somebody would paste them; lines to be filled in are left out. */
function commandsOf(section: string): string[] {
  const [, text = ''] = readFileSync('README.md', 'utf8').split(`\n## ${section}\n`);
  const [body = ''] = text.split('\n## ');
  return [...body.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) =>
    block
      .split('\n')
      .filter((line) => !line.includes('…') && !line.includes('API=http') && !line.startsWith('psql '))
      .join('\n'),
  );
}

test('the terminal tour of the README works when it is pasted', async () => {
  await using database = await createTestDatabase();
  await using cli = createCommandLine();
  await using server = await cli.serve();
  // As npx does, without a build.
  const npx = `npx() { shift; '${[process.execPath, ...strippedSources, 'src/main.ts'].join("' '")}' "$@"; }`;
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-euc', [npx, ...commandsOf('Two minutes at the terminal')].join('\n')],
    {
      env: {
        PATH: process.env.PATH,
        HOME: cli.data,
        BACKSTITCH_DATA: cli.data,
        BACKSTITCH_PORT: new URL(server.address).port,
        ...settingsOf(database),
      },
    },
  );
  expect(stdout).toContain('The check succeeded.');
  await until(async () => {
    expect(await database.query('select id, text from notes.notes')).toEqual([
      { id: '1', text: 'It arrives.' },
    ]);
  });
}, 60_000);

test('the tours of the README over HTTP work when they are pasted', async () => {
  await using database = await createTestDatabase();
  await using cli = createCommandLine();
  const token = 'token-of-the-readme-0123456789abcdefgh';
  await using server = await cli.serve({ BACKSTITCH_TOKEN: token });
  const commands = [...commandsOf('The same over HTTP'), ...commandsOf('Records in, tables out')];
  const blocks = commands.map((block) => `${block}\nprintf '\\n--- end of block\\n'`);
  const { stdout } = await promisify(execFile)('sh', ['-euc', blocks.join('\n')], {
    env: {
      PATH: process.env.PATH,
      TOKEN: token,
      API: server.address,
      ...settingsOf(database),
    },
  });
  const answers = stdout.split('\n--- end of block\n');
  const [, types, created, updated, refused, past, source, accepted, , state] = answers;
  expect(JSON.parse(types ?? '')).toMatchObject({ type: 'postgres' });
  expect(JSON.parse(created ?? '')).toMatchObject({ id: 1, last_check: { error: false } });
  expect(JSON.parse(updated ?? '')).toMatchObject({ id: 1, last_check: { error: false } });
  expect(refused).toMatch(/^HTTP\/1.1 422 /);
  expect(refused).toContain('"name":"sign_in","status":"failed"');
  expect(past).toContain('"action":"created"');
  expect(past).toContain('"name":"sign_in","status":"passed"');

  expect(JSON.parse(source ?? '')).toMatchObject({ id: 1, name: 'shop', destination_id: 1 });
  expect(JSON.parse(accepted ?? '')).toMatchObject({ status: 'OK' });
  expect(state).toContain('"table_name":"orders"');
  expect(state).toContain('"links"');
  await until(async () => {
    expect(await database.query('select id, total, customer__city from shop.orders')).toEqual([
      { id: '1', total: 42.5, customer__city: 'Zürich' },
    ]);
  });
  expect(await database.query('select sku from shop.orders__items order by _sdc_level_0_id')).toEqual([
    { sku: 'linen' },
    { sku: 'needle' },
  ]);
  expect(await database.query('select table_name from shop._sdc_rejected')).toEqual([
    { table_name: 'orders' },
  ]);
});
