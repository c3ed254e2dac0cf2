import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenConsole, openConsole } from './open-console.ts';

let opened: OpenConsole;
beforeAll(async () => {
  opened = await openConsole();
});
afterAll(async () => await opened?.[Symbol.asyncDispose]());

/** Presses Tab until the focus is on something of that name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate<string>(
      'document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText',
    );
    if (label.trim() === name) return;
  }
  throw new Error(`nothing called ${name} is reached with Tab`);
}

const focused = async (page: Page) => (await page.locator(':focus').innerText()).trim();

test('everything is reached with the keyboard alone, and the focus is where one is', async () => {
  const { page, open, offences } = await opened.visit();
  await open('/sources');
  await page.getByLabel('Access token').waitFor();
  await tabTo(page, 'Access token');
  await page.keyboard.type(opened.token);
  await page.keyboard.press('Enter');
  // Where one wanted to go before one was asked to sign in.
  await page.getByRole('heading', { level: 1, name: 'Sources' }).waitFor();
  expect(await focused(page)).toBe('Sources');

  await tabTo(page, 'New source');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'New source' }).waitFor();
  expect(await focused(page)).toBe('New source');
  await tabTo(page, 'Name');
  await page.keyboard.type('Shop');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, 'Issue the token');
  await page.keyboard.press('Enter');
  await page.getByText('It is shown this once').waitFor();
  // Escape closes a dialog; what opened it has the focus again.
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await tabTo(page, 'Revoke');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await focused(page)).toBe('Revoke');

  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Shop' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Skip to content');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Pause');

  await tabTo(page, 'Issue a token');
  expect(offences).toEqual([]);
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

test('a link signs in once, and leaves no trace in the address', async () => {
  const { page, open } = await opened.visit();
  const { ephemeral_token } = await opened.call<{ ephemeral_token: string }>(
    'POST',
    '/v3/sessions/ephemeral',
  );
  await open(`/sign-in#ephemeral_token=${ephemeral_token}`);
  await page.getByRole('heading', { name: 'From nothing to the first record' }).waitFor();
  expect(page.url()).not.toContain(ephemeral_token);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Backstitch' }).waitFor();
  await open(`/sign-in#ephemeral_token=${ephemeral_token}`);
  await page.reload();
  await open(`/sign-in?again#ephemeral_token=${ephemeral_token}`);
  await page.getByText('This link does not work.').waitFor();
});
