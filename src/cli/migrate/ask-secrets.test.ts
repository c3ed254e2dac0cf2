import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { FormProperty } from '../../model/form.ts';
import { createTerminal } from '../terminal.ts';
import { askSecrets } from './ask-secrets.ts';
import type { MigrationPlan, NewDestination, NewSource } from './plan.ts';

const password = { name: 'password', help: 'Password of that user.' } as FormProperty;
const plan: MigrationPlan = {
  clientId: 7,
  accountId: 7,
  notes: [],
  destinations: [1, 2].map(
    (id) =>
      ({ fate: 'create', id, name: `Warehouse ${id}`, secrets: [password] }) as unknown as NewDestination,
  ),
  sources: [{ fate: 'create', id: 3, name: 'Shop', hasTokens: true } as NewSource],
};

/** A terminal in front of which somebody answers these questions, one after another. */
function answering(...expected: readonly (readonly [question: string, answer: string])[]) {
  const left = [...expected];
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stderr = Object.assign(new PassThrough(), { isTTY: true });
  stderr.on('data', (chunk) => {
    if (left[0] && String(chunk).includes(left[0][0])) stdin.write(`${left.shift()?.[1]}\r`);
  });
  return createTerminal({ stdin, stdout: new PassThrough(), stderr });
}

test('what is missing is asked for; an empty answer leaves a destination for another time', async () => {
  const token = 'a'.repeat(64);
  const terminal = answering(
    ['Warehouse 1, password', 'first'],
    ['Warehouse 2, password', ''],
    ['Shop, import_token', 'too short'],
    ['Shop, import_token', token],
  );
  const { secrets, leftOut } = await askSecrets(terminal, plan, new Map());
  expect([...secrets]).toEqual([
    ['1.password', 'first'],
    ['3.import_token', token],
  ]);
  expect([...leftOut]).toEqual([2]);
});

test('what is given is not asked for', async () => {
  const given = new Map([
    ['1.password', 'a'],
    ['2.password', 'b'],
    ['3.import_token', 'c'],
  ]);
  expect(await askSecrets(answering(), plan, given)).toEqual({ secrets: given, leftOut: new Set() });
});
