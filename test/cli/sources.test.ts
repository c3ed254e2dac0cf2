import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CommandLine, createCommandLine } from '../support/command-line.ts';

const env = { BACKSTITCH_TOKEN: 'token-of-the-source-tests-0123456789' };
let cli: CommandLine;
beforeEach(() => {
  cli = createCommandLine();
});
afterEach(() => cli[Symbol.asyncDispose]());

interface Shown {
  readonly id: number;
  readonly name: string;
  readonly destination_id: number | null;
  readonly paused_at: string | null;
  readonly access_token: string;
}

test('a source is made with its token beside a running server, which takes records with it', async () => {
  await using server = await cli.serve(env);
  const source = await cli.json<Shown>(['sources', 'create', 'My Shop']);
  expect(source).toMatchObject({ name: 'my_shop', destination_id: null, paused_at: null });
  expect(source.access_token).toMatch(/^at_/);
  const body = {
    table_name: 'orders',
    schema: {},
    messages: [{ action: 'upsert', sequence: 1, data: { id: 1 } }],
  };
  const send = async (token: string) => (await server.call(token, 'POST', '/v2/import/batch', body)).status;
  expect(await send(source.access_token)).toBe(201);

  const listed = await cli.run(['sources', 'list']);
  expect(listed.out).toMatch(/My Shop +my_shop +- +active +1 blocked/);
  expect(listed.out).not.toContain(source.access_token);

  const id = String(source.id);
  expect((await cli.json<Shown>(['sources', 'pause', id])).paused_at).toMatch(/Z$/);
  expect(await send(source.access_token)).toBe(401);
  expect((await cli.json<Shown>(['sources', 'unpause', id])).paused_at).toBe(null);
  expect(await send(source.access_token)).toBe(201);

  const second = await cli.run(['sources', 'token', id, '--quiet']);
  expect(await send(second.out.trim())).toBe(201);
  const third = await cli.run(['sources', 'token', id]);
  expect(third).toMatchObject({ code: 1, err: expect.stringContaining('at most two') });

  expect(await cli.json(['sources', 'delete', id, '--yes'])).toEqual({
    id: source.id,
    deleted: true,
    discarded_batches: 3,
  });
  expect(await send(source.access_token)).toBe(401);
});

test('what does not exist is said, with what to do', async () => {
  await using _server = await cli.serve(env);
  for (const args of [
    ['pause', '99'],
    ['token', '99'],
    ['map', '99', '1'],
    ['delete', '99', '--yes'],
  ]) {
    const ran = await cli.run(['sources', ...args]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('has no source 99') });
    expect(ran.err).toContain('backstitch sources list');
  }
  const bad = await cli.run(['sources', 'create', 'Shop', '--on-invalid', 'perhaps']);
  expect(bad).toMatchObject({ code: 1, err: expect.stringContaining('on_invalid') });
});
