import { expect, test } from 'vitest';
import { aBatch, aBody, aPlan, aSource } from '../store/records-under-test.ts';
import { createTestDatabase } from '../support/database.ts';
import { until } from '../support/embedded-postgres.ts';
import { openScenario } from './scenario.ts';

const options = { probeMilliseconds: 300, probeEveryMilliseconds: 50 };

test('a destination that refused us is loaded again once its password works, though nobody told us', async () => {
  await using database = await createTestDatabase();
  await using scenario = await openScenario();
  const { host, port, user, database: name, password } = database;
  const properties = { host, port: String(port), username: user, database: name, ssl: 'false' };
  await database.admin(`alter role ${user} password 'another one'`);
  const refusing = await scenario.addOf('postgres', { ...properties, encryption_type: 'none' }, password);
  const { store, account } = scenario;
  const source = await store.sources.create({ ...aSource(account), destinationId: refusing.id });
  await store.batches.append(aBatch(source), aBody());

  scenario.startChecks(options);
  await until(async () => {
    const { checks } = store;
    const history = await checks.list(account.id, refusing.id, 20);
    expect(history.filter(({ origin, status }) => origin === 'probe' && status === 'failed').length).toBe(2);
  });
  expect(await store.loads.plan(aPlan())).toEqual([]);

  await database.admin(`alter role ${user} password '${password}'`);
  await until(async () => expect((await scenario.read(refusing)).systemPausedAt).toBe(null));
  expect(await store.loads.plan(aPlan())).toMatchObject([{ destination: { id: refusing.id } }]);
});

test('destinations that nothing is loaded into, or that fail for another reason, are left alone', async () => {
  await using scenario = await openScenario();
  const { store } = scenario;
  const destination = await scenario.add({ host: 'refused' });
  scenario.startChecks();
  await until(async () => expect((await scenario.read(destination)).lastCheck).not.toBe(null));
  expect(await store.checks.probe({ restMilliseconds: 0, uuids: ['one'] })).toBe(0);
});
