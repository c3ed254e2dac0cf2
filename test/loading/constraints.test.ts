import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRejectedRecords } from '../../src/intake/rejected-records.ts';
import type { Source } from '../../src/model/source.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { startMariadb, type TestMariadb } from '../support/mariadb.ts';
import { type LoadingRoom, openLoadingRoom, rows, upserts, type Warehouse } from './loading-room.ts';

interface Place {
  readonly warehouse: Warehouse;
  /** Runs a statement about `t`, the source's table, in its schema `s`. */
  run(source: Source, sql: string): Promise<readonly Record<string, unknown>[]>;
}

let db: TestDatabase;
let maria: TestMariadb;
let places: Record<'postgres' | 'mysql', Place>;
beforeAll(async () => {
  [db, maria] = await Promise.all([createTestDatabase(), startMariadb()]);
  const { username: user, password } = await maria.addUser('all privileges on *.*');
  places = {
    postgres: {
      warehouse: db,
      run: async (source, sql) => await db.query(named(sql, `"${source.name}"`)),
    },
    mysql: {
      warehouse: { type: 'mysql_destination', host: maria.host, port: maria.port, user, password },
      run: async (source, sql) => await maria.admin(named(sql, `\`${source.name}\``)),
    },
  };
});
afterAll(async () => {
  await db?.[Symbol.asyncDispose]();
  await maria?.[Symbol.asyncDispose]();
});

const named = (sql: string, schema: string): string =>
  sql.replaceAll(/\bs\./g, `${schema}.`).replaceAll(/\bt\b/g, `${schema}.orders`);
const numbered = (count: number, from: number) =>
  Array.from({ length: count }, (_, at) => ({ id: from + at, amount: from + at, code: `c${from + at}` }));
const statesOf = async (room: LoadingRoom, source: Source) =>
  (await room.batches(source)).toReversed().map(({ state }) => state);
const idsOf = async ({ run }: Place, source: Source) =>
  (await run(source, 'select id from t order by id')).map(({ id }) => Number(id));

/** A table with one row, of id 1, that somebody then constrains. */
async function constrained(place: Place, sql: string | readonly string[]) {
  const room = await openLoadingRoom();
  const { source } = await room.addAll(place.warehouse);
  room.startThreadedLoader();
  await room.send(source, rows('orders', numbered(1, 1)));
  await until(async () => expect(await statesOf(room, source)).toEqual(['loaded']), 20_000);
  for (const statement of [sql].flat()) await place.run(source, statement);
  return { room, source, [Symbol.asyncDispose]: () => room[Symbol.asyncDispose]() };
}

describe.each(['postgres', 'mysql'] as const)('in %s', (type) => {
  test('the one record of a thousand that breaks a constraint is rejected in the words of the server', async () => {
    const place = places[type];
    await using open = await constrained(place, 'alter table t add constraint positive check (amount > 0)');
    const { room, source } = open;
    const secret = `s${randomBytes(8).toString('hex')}`;
    const sent = numbered(1000, 2).map((row) =>
      row.id === 700 ? { ...row, amount: -5, note: secret } : row,
    );
    await room.send(source, rows('orders', sent, 2));
    await room.send(source, rows('orders', numbered(10, 5000), 5000));
    await until(
      async () => expect(await statesOf(room, source)).toEqual(['loaded', 'loaded', 'loaded']),
      20_000,
    );

    expect(await idsOf(place, source)).toEqual(
      [1, ...sent.map(({ id }) => id), ...numbered(10, 5000).map(({ id }) => id)].filter((id) => id !== 700),
    );
    const rejected = await place.run(source, 'select reason, _sdc_position from s._sdc_rejected');
    expect(rejected.map(({ reason, _sdc_position: position }) => [String(reason), Number(position)])).toEqual(
      [[expect.stringMatching(/refused a record.*positive/), 698]],
    );
    expect(String(rejected[0]?.reason)).not.toContain(secret);
    const listed = await room.store.rejections.list(source.accountId, source.id, { limit: 10 });
    expect(JSON.stringify(listed)).toContain('positive');

    await place.run(source, 'alter table t drop constraint positive');
    expect(await createRejectedRecords(room).retry(source, {})).toMatchObject({ records: 1, batches: 1 });
    await until(async () => {
      expect(await place.run(source, 'select amount, note from t where id = 700')).toEqual([
        { amount: expect.toSatisfy((amount) => Number(amount) === -5), note: secret },
      ]);
    }, 20_000);
  }, 40_000);

  test('NOT NULL, UNIQUE and a trigger stop the records that break them, and no others', async () => {
    const place = places[type];
    await using open = await constrained(place, [
      type === 'postgres'
        ? 'alter table t alter column amount set not null'
        : 'alter table t modify amount bigint not null',
      ...(type === 'postgres'
        ? [
            'alter table t add unique (code)',
            `create or replace function s.odd() returns trigger language plpgsql as $$ begin if new.code = 'odd' then raise exception 'no odd codes'; end if; return new; end $$`,
            'create trigger odd before insert on t for each row execute function s.odd()',
          ]
        : [
            'alter table t add unique one_amount (amount)',
            `create trigger s.odd before insert on t for each row begin if new.code = 'odd' then signal sqlstate '45000' set message_text = 'no odd codes'; end if; end`,
          ]),
    ]);
    const { room, source } = open;
    const bad = [
      { id: 20, code: 'no amount' },
      type === 'mysql' ? { id: 21, amount: 1, code: 'other' } : { id: 21, amount: 21, code: 'c1' },
      { id: 22, amount: 22, code: 'odd' },
    ];
    await room.send(source, rows('orders', [...numbered(9, 2), ...bad, ...numbered(9, 30)], 2));
    await until(async () => expect(await statesOf(room, source)).toEqual(['loaded', 'loaded']), 20_000);
    expect(await idsOf(place, source)).toEqual(
      [1, ...numbered(9, 2), ...numbered(9, 30)].map((row) => (typeof row === 'number' ? row : row.id)),
    );
    const listed = await room.store.rejections.list(source.accountId, source.id, { limit: 10 });
    expect(JSON.stringify(listed)).toContain('no odd codes');
    expect(await place.run(source, 'select code from t where id = 1')).toMatchObject([{ code: 'c1' }]);
  }, 40_000);

  test('a constraint that every record breaks stops the table with its name, until somebody drops it', async () => {
    const place = places[type];
    await using open = await constrained(place, 'alter table t add constraint only_one check (id = 1)');
    const { room, source } = open;
    await room.send(source, { ...rows('orders', []), messages: upserts(numbered(50, 2), 2) });
    await until(async () => expect(await statesOf(room, source)).toEqual(['loaded', 'blocked']), 20_000);
    const [waiting] = await room.batches(source);
    expect(waiting?.lastError?.message).toMatch(/takes no record.*only_one/);
    expect(waiting?.lastError?.remedy).toContain(`/v4/sources/${source.id}/batches/{batch}/discard`);
    await place.run(source, 'alter table t drop constraint only_one');
    await until(async () => expect(await statesOf(room, source)).toEqual(['loaded', 'loaded']), 20_000);
    expect(await idsOf(place, source)).toHaveLength(51);
    expect(await room.store.rejections.list(source.accountId, source.id, { limit: 10 })).toEqual([]);
  }, 40_000);
});
