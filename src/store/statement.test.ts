import { expect, test } from 'vitest';
import { postgresDialect, sqliteDialect } from './dialect.ts';
import { statement } from './statement.ts';

const lockedDestination = statement<{ id: number; name: string }>()((db, given) =>
  db
    .selectFrom('destinations')
    .select('id')
    .where('name', '=', given('name'))
    .where('revision', '=', 1)
    .where('id', '=', given('id'))
    .forUpdate(),
);

test('each dialect writes it in its own words', () => {
  expect(lockedDestination.compiled(sqliteDialect).sql.trim()).toBe(
    'select "id" from "destinations" where "name" = ? and "revision" = ? and "id" = ?',
  );
  expect(lockedDestination.compiled(postgresDialect).sql).toBe(
    'select "id" from "destinations" where "name" = $1 and "revision" = $2 and "id" = $3 for update',
  );
});

test('values take the place of their names, constants stay', () => {
  const compiled = lockedDestination.compiled(sqliteDialect);
  expect(compiled.bind({ id: 7, name: 'x' })).toEqual(['x', 1, 7]);
  expect(compiled.bind({ id: 8, name: 'y' })).toEqual(['y', 1, 8]);
});

test('it is compiled once', () => {
  expect(lockedDestination.compiled(sqliteDialect)).toBe(lockedDestination.compiled(sqliteDialect));
});

test('a value that is missing is a bug, one that cannot be stored a failure', () => {
  const { bind } = lockedDestination.compiled(sqliteDialect);
  expect(() => bind({ id: 7 })).toThrow('not given a value for name');
  for (const name of ['a\0', '\udc00'])
    expect(() => bind({ id: 7, name })).toThrow(expect.objectContaining({ code: 'InvalidBody' }));
});
