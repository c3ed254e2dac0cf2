import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { handsAt, keysAt } from './hands.ts';
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

test('a link signs in once, and leaves no trace in the address', async () => {
  const { page, open } = await opened.visit();
  const { heading, press, text } = handsAt(page);
  const { ephemeral_token } = await opened.call<{ ephemeral_token: string }>(
    'POST',
    '/v3/sessions/ephemeral',
  );
  await open(`/sign-in#ephemeral_token=${ephemeral_token}`);
  await heading('From nothing to the first record').waitFor();
  expect(page.url()).not.toContain(ephemeral_token);
  await press('Sign out');
  await heading('Sign in to Backstitch').waitFor();
  await open(`/sign-in?again#ephemeral_token=${ephemeral_token}`);
  await text('This link does not work.').waitFor();
});

test('somebody who is new connects a database, sees why it fails, mends it, and watches a record arrive, by keyboard alone', async () => {
  const { page, open, offences } = await opened.visit();
  const { heading, text } = handsAt(page);
  const { tabTo, write, enter, focused } = keysAt(page);
  // As on a page without TLS that is not on this machine.
  await page.addInitScript('delete Crypto.prototype.randomUUID');

  await open('/');
  await write('Access token', 'ac_wrong');
  await page.keyboard.press('Enter');
  await text('access token that exists').waitFor();
  await write('Access token', opened.token);
  await page.keyboard.press('Enter');

  await heading('From nothing to the first record').waitFor();
  await expect.poll(focused).toBe('From nothing to the first record');
  await enter('New destination');
  await heading('New destination').waitFor();
  await enter('PostgreSQL');
  await heading('New PostgreSQL').waitFor();
  await write('Name', 'Warehouse');
  await enter('Save only if it works');
  await page.locator('[name="host"][aria-invalid="true"]:focus').waitFor();

  await page.keyboard.insertText(database.host);
  await write('Port', String(database.port));
  await write('User', database.user);
  await write('Database', database.database);
  await write('Password', 'a wrong password');
  await tabTo('Encrypt with TLS');
  await page.keyboard.press('Space');
  await enter('Save only if it works');
  const failed = page.locator('[data-step="sign_in"]');
  await failed.getByText('refused the password').waitFor();
  await failed.getByText('What to do').waitFor();
  await text('It does not work yet. Nothing was stored.').waitFor();
  expect(await opened.call('GET', '/v4/destinations')).toEqual([]);

  await write('Password', database.password);
  await page.keyboard.press('Enter');
  await heading('The check succeeded').waitFor();
  await expect.poll(focused).toBe('Warehouse');
  expect(await page.locator('.step[data-tone="good"]').count()).toBeGreaterThan(5);

  await enter('New source');
  await heading('New source').waitFor();
  await write('Name', 'Shop');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await enter('Issue the token');
  const command = await page.getByRole('dialog').getByLabel('Example call').locator('code').innerText();
  // The button that was pressed is gone; the focus is still in the dialog.
  await expect.poll(focused).toBe('Your token');
  await enter('I have copied it');
  await heading('Waiting for the first record').waitFor();

  const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent`]);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'OK' });
  await text('Loaded: 1 row').waitFor();
  expect(await database.query('select id, customer, total from shop.orders')).toEqual([
    { id: '1', customer: 'Ada', total: 42.5 },
  ]);

  // Escape closes a dialog; what opened it has the focus again, or the title, where that is gone with what was done.
  const dialog = page.getByRole('dialog');
  await enter('Revoke');
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(focused).toBe('Revoke');
  await page.keyboard.press('Enter');
  await enter('Revoke token');
  await text('None yet.').waitFor();
  await expect.poll(focused).toBe('Shop');

  await page.reload();
  await heading('Shop').waitFor();
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Skip to content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect.poll(focused).toBe('Sources');
  expect(offences).toEqual([]);
}, 60_000);

test('a session that ends leads to signing in, and back to where one was', async () => {
  const { page, open } = await opened.visit({ isSignedIn: true });
  const { heading, press, field, follow } = handsAt(page);
  const signIn = async () => {
    await heading('Sign in to Backstitch').waitFor();
    await field('Access token').fill(opened.token);
    await press('Sign in');
  };
  await open('/sources');
  await follow('New source');
  await field('Name').fill('Another');
  await page.context().clearCookies();
  await press('Create source');
  await signIn();
  await heading('New source').waitFor();
  await page.context().clearCookies();
  await page.getByRole('link', { name: 'Rejected' }).click();
  await signIn();
  await heading('Nothing was rejected').waitFor();
});

test('colours follow the device until somebody chooses others', async () => {
  const { page, open } = await opened.visit({ isSignedIn: true, colorScheme: 'dark' });
  await open('/account');
  const paper = async () => await page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  const dark = await paper();
  await page.getByRole('button', { name: 'Switch to light' }).click();
  expect(await paper()).not.toBe(dark);
  await page.reload();
  await page.getByRole('button', { name: 'Switch to dark' }).waitFor();
  expect(await paper()).not.toBe(dark);
});
