import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type OpenConsole, openConsole, type Visit } from './open-console.ts';
import { type Seeded, seed } from './seed.ts';

let opened: OpenConsole;
let database: TestDatabase;
let seeded: Seeded;
let visit: Visit;
beforeAll(async () => {
  [opened, database] = await Promise.all([openConsole(), createTestDatabase()]);
  seeded = await seed(opened, database);
  visit = await opened.visit({ isSignedIn: true });
});
afterAll(async () => {
  await opened?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

/** What axe, which is in the page already, finds that keeps people out. */
async function barriers(page: Page, rules = 'undefined'): Promise<readonly string[]> {
  const options = `{ resultTypes: ['violations'], runOnly: ${rules} }`;
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: unknown[] }[];
  }>(`axe.run(document, ${options})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes).slice(0, 600)}`);
}

/** Every view with what it must show, by its URL alone. */
const views: readonly (readonly [name: string, url: (ids: Seeded) => string, shows: string | RegExp])[] = [
  ['overview', () => '/', 'Broken cannot be loaded into'],
  ['destinations', () => '/destinations', /Failing for/],
  ['types of destinations', () => '/destinations/new', 'MySQL'],
  ['form of a new destination', () => '/destinations/new/postgres', 'Save without a test'],
  ['form of a new bucket', () => '/destinations/new/storagegrid', 'Names of files'],
  ['type that cannot be connected', () => '/destinations/new/snowflake', 'Snowflake cannot be connected'],
  ['check of a destination', ({ warehouse }) => `/destinations/${warehouse}`, 'The check succeeded'],
  ['failed check', ({ broken }) => `/destinations/${broken}`, 'What to do'],
  ['settings', ({ warehouse }) => `/destinations/${warehouse}/settings`, 'Kept as it is.'],
  ['history', ({ warehouse }) => `/destinations/${warehouse}/history`, /by a program with token/],
  [
    'deletion of a destination',
    ({ warehouse }) => `/destinations/${warehouse}/delete`,
    '1 source will be paused',
  ],
  ['sources', () => '/sources', '1 table failing'],
  ['form of a new source', () => '/sources/new', 'Set invalid records aside'],
  ['records of a source', ({ source }) => `/sources/${source}`, 'not loaded until somebody acts'],
  ['settings of a source', ({ source }) => `/sources/${source}/settings`, 'Set invalid records aside'],
  [
    'batch to be discarded',
    ({ source, blocked }) => `/sources/${source}/discard/${blocked}`,
    'They are not loaded and cannot be brought back',
  ],
  ['new replay', ({ source }) => `/sources/${source}/replay?table=orders`, 'is still kept, goes into'],
  ['replay', ({ source, replay }) => `/sources/${source}/replays/${replay}`, '3 records in 1 batch'],
  ['new token', ({ source }) => `/sources/${source}/token`, 'It is shown once'],
  ['deletion of a source', ({ source }) => `/sources/${source}/delete`, 'Its tokens stop working at once.'],
  ['loads', () => '/loads', 'Rows over time'],
  ['loads of a table', ({ source }) => `/loads?source=${source}&table=orders&hours=1`, 'All tables'],
  ['rejected', () => '/rejected', 'shop.orders'],
  ['rejected records', ({ source }) => `/rejected?source=${source}&table=orders`, '"9007199254740993"'],
  ['changes', () => '/changes', 'coalesce(coupon__st, cast(coupon__bi as text))'],
  ['webhooks', () => '/webhooks', 'A table that cannot be loaded'],
  ['form of a new webhook', () => '/webhooks/new', 'Sign each message'],
  ['webhook', ({ hook }) => `/webhooks/${hook}`, 'Nothing has happened that it would be told of'],
  ['deletion of a webhook', ({ hook }) => `/webhooks/${hook}/delete`, 'is told nothing any more'],
  ['account', () => '/account', 'ssh-ed25519'],
  ['destination that is not there', () => '/destinations/999999', 'There is nothing here.'],
  ['page that is not there', () => '/nowhere', 'There is no such page'],
];

describe.each(views)('the view: %s', (_name, url, shows) => {
  test('opens by its address, keeps nobody out, fits on a phone, and loads nothing from elsewhere', async () => {
    const { page, open, offences } = visit;
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 800 });
    await open(url(seeded));
    await page.getByText(shows).first().waitFor();
    await page.evaluate(axe.source);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await barriers(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await barriers(page, "['color-contrast']")).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(offences).toEqual([]);
  });
});
