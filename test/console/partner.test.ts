import { writeFileSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCommandLine } from '../support/command-line.ts';
import { type OpenConsole, openConsole } from './open-console.ts';

const cli = createCommandLine();
let opened: OpenConsole;
beforeAll(async () => {
  opened = await openConsole();
});
afterAll(async () => {
  await opened?.[Symbol.asyncDispose]();
  await cli[Symbol.asyncDispose]();
});

const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 24" width="48" height="24"><rect width="48" height="24" rx="4" fill="#b3261e"/></svg>';

test('users of a partner see its name and logo, and the way back to where they came from', async () => {
  const command = async (...args: string[]) =>
    await cli.run(['partners', ...args], { env: { BACKSTITCH_DATA: opened.data } });
  const logo = path.join(opened.data, 'acme.svg');
  writeFileSync(logo, drawing);
  const added = await command('add', 'acme', '--name', 'Acme Analytics', '--logo', logo, '--quiet');
  expect(added).toMatchObject({ code: 0, err: '' });
  const set = await command('set', 'acme', '--return-url', 'https://app.acme.example/data', '--json');
  expect(JSON.parse(set.out)).toMatchObject({
    name: 'Acme Analytics',
    logo: 'image/svg+xml',
    return_url: 'https://app.acme.example/data',
  });

  const made = await opened.call<{ access_token: string }>('POST', '/v3/accounts', {
    company: 'Customer',
    email: 'customer@example.com',
    first_name: 'Ada',
    last_name: 'Example',
    partner_id: 'acme',
    partner_secret: added.out.trim(),
  });
  const { ephemeral_token: ticket } = await opened.call<{ ephemeral_token: string }>(
    'POST',
    '/v3/sessions/ephemeral',
    undefined,
    made.access_token,
  );
  const { page, open, offences } = await opened.visit();
  await open(`/sign-in#ephemeral_token=${ticket}`);
  await page.getByRole('link', { name: 'Acme Analytics', exact: true }).waitFor();
  const back = page.getByRole('link', { name: 'Back to Acme Analytics' });
  expect(await back.getAttribute('href')).toBe('https://app.acme.example/data');
  await expect
    .poll(async () => await page.evaluate("document.querySelector('.partner-logo').naturalWidth"))
    .toBe(48);
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  }
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{ violations: { id: string; impact: string }[] }>(
    'axe.run(document)',
  );
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  expect(offences).toEqual([]);

  const other = await opened.visit({ isSignedIn: true });
  await other.page.getByRole('link', { name: 'Backstitch', exact: true }).waitFor();
  expect(await other.page.getByRole('link', { name: /^Back to/ }).count()).toBe(0);
});
