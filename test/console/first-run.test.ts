import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type OpenConsole, openConsole } from './open-console.ts';

let opened: OpenConsole;
let database: TestDatabase;
beforeAll(async () => {
  [opened, database] = await Promise.all([openConsole(), createTestDatabase()]);
});
afterAll(async () => {
  await opened?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test('somebody who is new connects a database, sees why it fails, mends it, and watches a record arrive', async () => {
  const { page, open, offences } = await opened.visit();
  const heading = (name: string | RegExp) => page.getByRole('heading', { name });
  const field = (name: string) => page.getByLabel(name, { exact: true });
  const press = async (name: string) => await page.getByRole('button', { name, exact: true }).click();
  const follow = async (name: string) =>
    await page.getByRole('main').getByRole('link', { name }).first().click();

  await open('/');
  await field('Access token').fill('ac_wrong');
  await press('Sign in');
  await page.getByText('access token that exists').waitFor();
  await field('Access token').fill(opened.token);
  await press('Sign in');

  await heading('From nothing to the first record').waitFor();
  await follow('New destination');
  await follow('PostgreSQL');
  await field('Name').fill('Warehouse');
  await press('Save only if it works');
  await page.locator('[name="host"][aria-invalid="true"]').waitFor();
  expect(await page.locator(':focus').getAttribute('name')).toBe('host');

  await field('Host').fill(database.host);
  await field('Port').fill(String(database.port));
  await field('User').fill(database.user);
  await field('Database').fill(database.database);
  await field('Password').fill('a wrong password');
  await field('Encrypt with TLS').uncheck();
  await press('Save only if it works');
  const failed = page.locator('[data-step="sign_in"]');
  await failed.getByText('refused the password').waitFor();
  await failed.getByText('What to do').waitFor();
  await page.getByText('It does not work yet. Nothing was stored.').waitFor();
  expect(await opened.call('GET', '/v4/destinations')).toEqual([]);

  await field('Password').fill(database.password);
  await press('Save only if it works');
  await heading('The check succeeded').waitFor();
  expect(await page.locator('.step[data-tone="good"]').count()).toBeGreaterThan(5);

  await follow('New source');
  await field('Name').fill('Shop');
  await press('Create source');
  await press('Issue the token');
  const command = await page.getByRole('dialog').getByLabel('Example call').locator('code').innerText();
  await press('I have copied it');
  await heading('Waiting for the first record').waitFor();

  const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent`]);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'OK' });
  await page.getByText('Loaded: 1 row').waitFor();
  expect(await database.query('select id, customer, total from shop.orders')).toEqual([
    { id: '1', customer: 'Ada', total: 42.5 },
  ]);
  expect(offences).toEqual([]);
});
