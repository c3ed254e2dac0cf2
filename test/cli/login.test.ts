import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CommandSession, createCommandSession } from '../support/command-session.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
let session: CommandSession;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  session = createCommandSession();
});
afterEach(() => session[Symbol.asyncDispose]());

/** A server of the web that is none of ours. */
async function startWebServer(status: number, body: string) {
  let asked = 0;
  const web = createServer((_, answer) => {
    asked += 1;
    answer.writeHead(status).end(body);
  }).listen(0, '127.0.0.1');
  await once(web, 'listening');
  return {
    origin: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      web.closeAllConnections();
      web.close();
    },
  };
}

const loginFile = () => path.join(session.home, '.config', 'backstitch', 'login.json');
const logIn = (...args: string[]) =>
  session.run(['login', '--server', server.origin, '--token-file', '-', ...args], {
    input: `${server.visitor.token}\n`,
  });
const list = (...args: string[]) => session.run(['destinations', 'list', ...args]);

test('whoever is logged in needs to say neither server nor token, and is told which server it is', async () => {
  const { code, out, err } = await logIn();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(
    `logged in to  ${server.origin}\naccount       ${server.visitor.accountId} (Example)`,
  );

  const listed = await list();
  expect(listed).toMatchObject({ code: 0, out: expect.stringContaining('There are no destinations yet') });
  expect(listed.err).toBe(
    `On ${server.origin} (your login, account ${server.visitor.accountId}, Example).\n`,
  );
  expect(await list('--json')).toMatchObject({ code: 0, out: '[]\n', err: '' });
});

test('the login is for its owner alone, is shown without its token, and is gone after logout', async () => {
  await logIn();
  expect(statSync(loginFile()).mode & 0o777).toBe(0o600);
  expect(readFileSync(loginFile(), 'utf8')).toContain(server.visitor.token);
  for (const shown of [
    await session.run(['login', '--show']),
    await session.run(['login', '--show', '--json']),
  ]) {
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining(server.origin) });
    expect(shown.out).not.toContain(server.visitor.token);
  }
  chmodSync(loginFile(), 0o640);
  expect(await list()).toMatchObject({ code: 4, err: expect.stringContaining(`chmod 600 ${loginFile()}`) });
  expect((await session.run(['logout'])).out).toBe('logged out\n');
  expect(existsSync(loginFile())).toBe(false);
  expect((await session.run(['logout'])).out).toBe('you were not logged in\n');
});

test('a person is asked for server and token', async () => {
  const { code } = await session.run(['login'], { answers: [server.origin, server.visitor.token] });
  expect(code).toBe(0);
  const nobody = await session.run(['login']);
  expect(nobody).toMatchObject({ code: 2, err: expect.stringContaining('give --token-file') });
});

test('what the command line says goes before the environment, and that before the login', async () => {
  await logIn();
  const env = { BACKSTITCH_SERVER: 'http://127.0.0.1:9', BACKSTITCH_TOKEN: 'token-of-another-server' };
  const named = await session.run(['destinations', 'list'], { env });
  expect(named).toMatchObject({
    code: 1,
    err: expect.stringContaining('http://127.0.0.1:9 does not answer'),
  });
  const flagged = await session.run(['destinations', 'list', '--server', server.origin], { env });
  expect(flagged).toMatchObject({ code: 0, err: '' });
  const here = await list('--data', path.join(session.home, 'nowhere'));
  expect(here).toMatchObject({ code: 4, err: expect.stringContaining('There is no installation in') });
  expect((await list('--account', '100')).err).toContain('There is no installation in');
});

test('a token is sent to no other server than its own', async () => {
  await logIn();
  await using other = await startWebServer(200, '');
  const { origin } = other;
  const { code, err } = await list('--server', origin);
  expect(code).toBe(2);
  expect(err).toContain(`give an access token of ${origin}`);
  const env = { BACKSTITCH_SERVER: server.origin, BACKSTITCH_TOKEN: server.visitor.token };
  expect((await session.run(['destinations', 'list', '--server', origin], { env })).code).toBe(2);
  expect(other.asked()).toBe(0);
});

test('nothing is kept of a token or a server that does not work, and what is wrong is said', async () => {
  await using web = await startWebServer(200, '<html>Welcome</html>');
  await using missing = await startWebServer(404, '<html>Not here</html>');
  const attempts: [origin: string, message: string][] = [
    [
      server.origin,
      `${server.origin} does not accept the token: it is unknown there, or revoked\nLog in with another`,
    ],
    ['http://127.0.0.1:9', 'http://127.0.0.1:9 does not answer'],
    [web.origin, 'does not answer as a Backstitch server does'],
    [missing.origin, 'is no Backstitch server: it answered 404'],
  ];
  for (const [origin, message] of attempts) {
    const args = ['login', '--server', origin, '--token-file', '-'];
    const { code, err } = await session.run(args, { input: 'a-wrong-token' });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(message) });
    expect(err).not.toContain('a-wrong-token');
  }
  expect(existsSync(loginFile())).toBe(false);
});

test('a file that is no login says how to make one', async () => {
  mkdirSync(loginFile(), { recursive: true });
  expect(await list()).toMatchObject({ code: 4, err: expect.stringContaining('cannot be read (EISDIR)') });
  rmdirSync(loginFile());
  await logIn();
  writeFileSync(loginFile(), '{');
  expect(await list()).toMatchObject({ code: 4, err: expect.stringContaining('is damaged') });
  expect((await logIn()).code).toBe(0);
});
