import { renameSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { controlPlane } from '../../src/store/migrations/0001-control-plane.ts';
import { records } from '../../src/store/migrations/0002-records.ts';
import { migrateSqlite } from '../../src/store/sqlite/migrate.ts';
import { openLoadingRoom, rows } from '../loading/loading-room.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';

/** Puts a store as the first version that took records made it in the place of the newest, with the same content. */
function turnBack(folder: string): void {
  const [newest, older] = ['backstitch.sqlite', 'older.sqlite'].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  const db = new Sqlite(older);
  migrateSqlite(db, { folder, now: 1, migrations: [controlPlane, records] });
  db.pragma('foreign_keys = off');
  db.exec(`attach '${newest}' as newest`);
  const columnsOf = (schema: string, table: string) =>
    (db.pragma(`${schema}.table_info(${table})`) as { name: string }[]).map(({ name }) => name);
  const tables = db
    .prepare("select name from main.sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all() as string[];
  for (const table of tables.filter((name) => name !== 'schema_versions')) {
    const known = new Set(columnsOf('newest', table));
    const columns = columnsOf('main', table).filter((name) => known.has(name));
    db.exec(
      `delete from main.${table}; insert into main.${table} (${columns}) select ${columns} from newest.${table}`,
    );
  }
  db.close();
  renameSync(older, newest);
}

test('an upgrade over batches that wait and a load that was planned loads all of them once', async () => {
  await using warehouse = await createTestDatabase();
  await using room = await openLoadingRoom();
  const { place } = room;
  const { source } = await room.addAll(warehouse);
  for (const id of [1, 2, 3]) await room.send(source, rows('orders', [{ id, kids: [id] }], id));
  const limits = { owner: 'a version of then', leaseMilliseconds: 60_000, lanesPerDestination: 1 };
  const sizes = { limit: 1, maxBytes: 1_000_000, maxBatches: 2, join: { milliseconds: 0, bytes: 0 } };
  expect(await room.store.loads.plan({ ...limits, ...sizes })).toHaveLength(1);
  await room.store[Symbol.asyncDispose]();
  turnBack(place.folder);

  await using newer = await openLoadingRoom({ place });
  newer.startLoader();
  await newer.send(source, rows('orders', [{ id: 4 }], 4));
  await until(async () =>
    expect((await newer.batches(source)).map(({ state }) => state)).toEqual(Array(4).fill('loaded')),
  );
  expect(await warehouse.query(`select id::int from "${source.name}".orders order by 1`)).toEqual(
    [1, 2, 3, 4].map((id) => ({ id })),
  );
});
