import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startSilentPort } from '../support/silent-port.ts';
import { handsAt } from './hands.ts';
import { onceMore } from './once-more.ts';
import { type OpenConsole, openConsole } from './open-console.ts';
import { anOrders, type Seeded, seed } from './seed.ts';
import { webhooks } from './webhooks.ts';

let opened: OpenConsole;
let database: TestDatabase;
let seeded: Seeded;
let page: Page;
let open: (view: string) => Promise<void>;
beforeAll(async () => {
  [opened, database] = await Promise.all([openConsole(), createTestDatabase()]);
  seeded = await seed(opened, database);
  ({ page, open } = await opened.visit({ isSignedIn: true }));
});
afterAll(async () => {
  await opened?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const press = async (name: string) => await handsAt(page).press(name);
const heading = (name: string) => handsAt(page).heading(name);
const field = (name: string) => handsAt(page).field(name);

describe('settings of a destination', () => {
  test('are changed without naming the password again, which stays', async () => {
    await open(`/destinations/${seeded.warehouse}/settings`);
    await field('Name').fill('Analytics');
    await press('Save only if it works');
    await heading('The check succeeded').waitFor();
    await heading('Analytics').waitFor();
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText('somebody in this console').first().waitFor();
  });

  test('that do not work are refused with the reason, and the stored ones stay', async () => {
    await open(`/destinations/${seeded.warehouse}/settings`);
    await press('Replace');
    await field('Password').fill('a wrong password');
    await press('Save only if it works');
    await page.locator('[data-step="sign_in"]').getByText('What to do').waitFor();
    await press('Keep current');
    await press('Save only if it works');
    await heading('The check succeeded').waitFor();
  });

  test('that somebody else has changed meanwhile are not overwritten', async () => {
    await open(`/destinations/${seeded.warehouse}/settings`);
    await field('Name').fill('Mine');
    await opened.call('PUT', `/v4/destinations/${seeded.warehouse}`, { name: 'Theirs' });
    await press('Save without a test');
    await page.getByText('Somebody else has changed this destination').waitFor();
    await heading('Theirs').waitFor();
    await press('Show what is stored now');
    await expect.poll(async () => await field('Name').inputValue()).toBe('Theirs');
  });
});

test('a check that is asked for shows its steps as they end', async () => {
  await open(`/destinations/${seeded.warehouse}`);
  const checks = async () =>
    await opened.call<unknown[]>('GET', `/v4/destinations/${seeded.warehouse}/checks`);
  const before = (await checks()).length;
  await press('Test');
  await page
    .getByText(/, on request$/)
    .first()
    .waitFor();
  await page.locator('.steps').first().locator('[data-step="write"][data-tone="good"]').waitFor();
  expect((await checks()).length).toBe(before + 1);
});

test('a test that takes long shows how far it has come', async () => {
  await using silent = await startSilentPort();
  await open('/destinations/new/postgres');
  await field('Host').fill('127.0.0.1');
  await field('Port').fill(String(silent.port));
  await field('User').fill('loader');
  await field('Database').fill('analytics');
  await field('Password').fill('a password');
  await press('Test');
  const panel = page.locator('.proof-panel');
  await panel.locator('[data-step="policy"][data-tone="good"]').waitFor();
  await panel.getByText('Connect …').waitFor();
  expect(await panel.getByRole('status').innerText()).toBe('Trying it …');
});

test('what a program does is seen at once', async () => {
  await open('/destinations');
  await page.getByText('Broken').waitFor();
  const { host, port, user, password, database: name } = database;
  const properties = { host, port: String(port), username: user, password, database: name, ssl: 'false' };
  await opened.call('POST', '/v4/destinations', { type: 'postgres', name: 'From afar', properties });
  await page.getByText('From afar').waitFor();
});

test('records that were rejected are loaded once more', async () => {
  await open(`/rejected?source=${seeded.source}&table=orders`);
  await page.getByText('expected: Number, found: String').first().waitFor();
  await press('Retry 1 record');
  await page.getByText('1 record on the way once more.').waitFor();
});

test('a source is paused, its records wait, and go on when it is resumed', async () => {
  await open(`/sources/${seeded.source}`);
  await press('Pause');
  await page.getByText('Paused', { exact: true }).first().waitFor();
  await press('Resume');
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  await opened.call('POST', '/v2/import/batch', anOrders([1, 2, 3, 4], 10), seeded.importToken);
  await page.getByText('Loaded: 4 rows').waitFor();
});

test('a token is issued, shown once, and revoked', async () => {
  await open(`/sources/${seeded.source}`);
  await page.getByRole('link', { name: 'Issue a token' }).click();
  await press('Issue the token');
  const token = await page
    .getByRole('dialog')
    .getByLabel('Token', { exact: true })
    .locator('code')
    .innerText();
  expect(token).toMatch(/^at_/);
  await press('I have copied it');
  expect(await page.content()).not.toContain(token);
  await page.getByRole('link', { name: 'Revoke' }).last().click();
  await press('Revoke token');
  await page.getByRole('link', { name: 'Issue a token' }).waitFor();
  await expect(opened.call('POST', '/v2/import/batch', anOrders([1]), token)).rejects.toThrow(/ 401/);
});

onceMore(() => ({ opened, page, open, seeded }));
webhooks(() => ({ opened, page, open, seeded }));

test('what is deleted is gone, and those who depended on it wait', async () => {
  await open(`/destinations/${seeded.broken}/delete`);
  await page.getByText('1 webhook will be deleted with it.').waitFor();
  await press('Delete destination');
  await heading('Destinations').waitFor();
  await page.getByRole('link', { name: 'Broken' }).waitFor({ state: 'detached' });
  await opened.call('PUT', `/v4/sources/${seeded.source}`, { destination_id: null });
  await opened.call('POST', '/v2/import/batch', anOrders([1]), seeded.importToken);
  await open(`/sources/${seeded.source}/delete`);
  await page.getByText('1 batch that is not loaded yet will be discarded.').waitFor();
  await press('Delete source');
  await page.getByText('Shop is deleted; 1 batch that waited was discarded.').waitFor();
  await page.getByText('No source yet').waitFor();
});

test('a server that is gone is said to be, and what was there stays in sight', async () => {
  await open('/destinations');
  await page.getByRole('link', { name: 'From afar' }).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('link', { name: 'Sources' }).click();
  await page.getByText('The server cannot be reached. What you see is from before').waitFor();
  await page.context().setOffline(false);
  await page.getByText('What you see is from before').waitFor({ state: 'hidden' });
});
