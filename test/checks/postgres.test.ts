import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { openScenario } from './scenario.ts';

test('a check of a real PostgreSQL goes all the way, from the store to the database and back', async () => {
  await using database = await createTestDatabase();
  await using scenario = await openScenario();
  const checks = scenario.startChecks();
  const { host, port, user: username, database: name, password } = database;
  const properties = {
    host,
    port: String(port),
    username,
    database: name,
    ssl: 'false',
    encryption_type: 'none',
  };

  const good = await scenario.addOf('postgres', properties, password);
  const passed = await checks.wait(scenario.account.id, good.checkJobName ?? '', 20_000);
  expect(passed).toMatchObject({ status: 'succeeded', error: null });

  const bad = await scenario.addOf('postgres', properties, 'not the password');
  const failed = await checks.wait(scenario.account.id, bad.checkJobName ?? '', 20_000);
  expect(failed).toMatchObject({ status: 'failed', error: expect.stringContaining('password') });
  expect((await scenario.read(bad)).systemPausedAt).not.toBeNull();
});
