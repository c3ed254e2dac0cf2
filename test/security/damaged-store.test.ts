import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import type { V4Destination } from '../support/http-destinations.ts';
import { sendRequest } from '../support/http-request.ts';
import { type RunningProgram, startServer } from '../support/program.ts';

/** Somebody who can write to the store, but has no key, can break a credential and nothing more (X14). */
const damages: Readonly<Record<string, (sealed: string, other: string) => string>> = {
  'taken from another destination': (_, other) => other,
  'with another bit': (sealed) => {
    const middle = sealed.length >> 1;
    return sealed.slice(0, middle) + (sealed[middle] === 'A' ? 'B' : 'A') + sealed.slice(middle + 1);
  },
  'cut short': (sealed) => sealed.slice(0, -8),
  'with more behind it': (sealed) => `${sealed}AAAA`,
  empty: () => '',
  'in clear': () => 'a password of the attacker',
};

test('a credential that was tampered with fails closed, says so, and is mended by giving it again', async () => {
  await using database = await createTestDatabase();
  const home = mkdtempSync(path.join(tmpdir(), 'backstitch-damaged-'));
  const token = 'a-token-for-tests';
  const environment = { BACKSTITCH_DATA: path.join(home, 'data'), BACKSTITCH_TOKEN: token };
  const properties = {
    host: database.host,
    port: database.port,
    username: database.user,
    database: database.database,
    password: database.password,
    ssl: false,
  };
  const ask = async (server: RunningProgram, method: string, target: string, body?: unknown) => {
    const headers = { authorization: token, 'content-type': 'application/json', prefer: 'wait=20' };
    return await sendRequest(server.address, method, target, { headers, ...(body ? { body } : {}) });
  };
  try {
    const ids: number[] = [];
    {
      await using server = await startServer(environment);
      for (const name of [...Object.keys(damages), 'untouched']) {
        const body = { type: 'postgres', name, properties };
        ids.push((await ask(server, 'POST', '/v4/destinations', body)).json<V4Destination>().id);
      }
      server.signal('SIGTERM');
      expect(await server.ended).toBe(0);
    }
    const [untouched] = ids.slice(-1);
    damage(path.join(home, 'data', 'backstitch.sqlite'), ids);

    await using server = await startServer(environment);
    const check = async (id: number) => {
      const answer = await ask(server, 'POST', `/v4/destinations/${id}/check`);
      return answer.json<{ status: string; steps?: object[] }>();
    };
    for (const id of ids) {
      const ended = await check(id);
      if (id === untouched) expect(ended).toMatchObject({ status: 'succeeded' });
      else {
        expect(ended).toMatchObject({
          status: 'failed',
          discovery_error_message: expect.stringMatching(
            /password fails its authenticity check\. Set the credential again\./,
          ),
        });
        const [latest] = (await ask(server, 'GET', `/v4/destinations/${id}/checks?limit=1`)).json<
          { steps: object[] }[]
        >();
        expect(latest?.steps[0]).toMatchObject({
          name: 'settings',
          status: 'failed',
          code: 'secret_unreadable',
          remedy: expect.any(String),
        });
      }
      expect((await ask(server, 'GET', `/v3/destinations/${id}`)).status).toBe(200);
    }
    const [broken = 0] = ids;
    const strict = { authorization: token, prefer: 'handling=strict', 'content-type': 'application/json' };
    const kept = await sendRequest(server.address, 'PUT', `/v4/destinations/${broken}`, {
      headers: strict,
      body: { properties: { ssl: true } },
    });
    expect([kept.status, kept.json()]).toMatchObject([500, { error: 'SecretUnreadable' }]);
    expect(kept.text).not.toMatch(/"stack"|\.ts|\.js|node:/);
    const given = { properties: { password: database.password } };
    await ask(server, 'PUT', `/v4/destinations/${broken}`, given);
    expect(await check(broken)).toMatchObject({ status: 'succeeded' });
    // Whoever runs the server learns from the log that its store was changed, once for the one call that failed.
    expect(server.log.filter(({ level }) => level === 'error' || level === 'fatal')).toMatchObject([
      { err: { code: 'SecretUnreadable' } },
    ]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

/** Damages all but the last, each in its way. */
function damage(file: string, ids: readonly number[]): void {
  const db = new Sqlite(file);
  const read = db.prepare<[number], { secrets: string }>('select secrets from destinations where id = ?');
  const write = db.prepare('update destinations set secrets = ? where id = ?');
  const sealed = ids.map((id) => JSON.parse(read.get(id)?.secrets ?? '') as { password: string });
  const last = sealed.at(-1)?.password ?? '';
  Object.values(damages).forEach((apply, index) => {
    const password = apply(sealed[index]?.password ?? '', last);
    expect(password).not.toBe(sealed[index]?.password);
    write.run(JSON.stringify({ password }), ids[index]);
  });
  db.close();
}
