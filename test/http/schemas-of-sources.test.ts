import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { startTestServer } from '../support/test-server.ts';

test('a user who was given only the schemas of the sources passes the check, and one who lacks one does not', async () => {
  await using db = await createTestDatabase();
  await using server = await startTestServer();
  const loader = `loader_${db.database}`;
  await db.admin(`create role ${loader} login password 'loader-password'`);
  await db.admin(`grant temporary on database ${db.database} to ${loader}`);
  await db.admin(`create schema shop authorization ${loader}`);
  const request = async (method: string, path: string, body?: object) => {
    const answer = await server.request(method, path, {
      ...(body && { body }),
      headers: { prefer: 'wait=20' },
    });
    expect(answer.status, answer.text).toBe(200);
    return answer.json<{ id: number; last_check: { error: boolean } }>();
  };
  const connection = {
    host: db.host,
    port: db.port,
    database: db.database,
    username: loader,
    password: 'loader-password',
    ssl: false,
  };
  const { id, last_check: alone } = await request('POST', '/v3/destinations', {
    type: 'postgres',
    connection,
  });
  // Without a source there is no schema that it could ask for.
  expect(alone.error).toBe(true);
  const source = { type: 'import_api', destination_id: id };
  await request('POST', '/v4/sources', { ...source, display_name: 'Shop' });
  const check = async () =>
    (await request('PUT', `/v3/destinations/${id}`, { type: 'postgres', connection })).last_check;
  expect(await check()).toMatchObject({ error: false });
  await request('POST', '/v4/sources', { ...source, display_name: 'Other' });
  expect(await check()).toMatchObject({ error: true });
  await db.admin(`create schema other authorization ${loader}`);
  expect(await check()).toMatchObject({ error: false });
  await db.admin(`drop owned by ${loader} cascade`);
  await db.admin(`drop role ${loader}`);
});
