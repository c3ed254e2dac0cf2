import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startHookReceiver } from '../support/hook-receiver.ts';
import { handsAt } from './hands.ts';
import type { OpenConsole } from './open-console.ts';
import type { Seeded } from './seed.ts';

/** What a test of the console acts on. */
export interface Scene {
  readonly opened: OpenConsole;
  readonly page: Page;
  readonly open: (view: string) => Promise<void>;
  readonly seeded: Seeded;
}

/** A webhook from its making to its end. */
export function webhooks(scene: () => Scene): void {
  test('a webhook is made with a secret that is shown once, tested, switched off and deleted', async () => {
    const { page, open, seeded } = scene();
    const { press, text, field, heading, follow } = handsAt(page);
    await using receiver = await startHookReceiver((request) => (request === 0 ? 200 : 404));
    await open(`/webhooks/new?destination=${seeded.broken}`);
    await field('Tells of').selectOption('Each load of a table');
    await field('URL').fill('nowhere');
    await press('Create webhook');
    await text('Invalid URI. Give an https URL').waitFor();
    await page.locator('[name="url"]:focus').waitFor();
    await field('URL').fill(receiver.url);
    await press('Create webhook');
    await heading('The webhook is there').waitFor();
    const secret = await field('Secret').locator('code').innerText();
    await follow('To the webhook');
    await heading('Each load of a table').waitFor();
    await follow('Broken');
    await page.goBack();
    expect(await page.content()).not.toContain(secret);

    await press('Send a test');
    await text('Received').waitFor();
    expect(receiver.received[0]?.headers).toMatchObject({
      'x-backstitch-signature': expect.stringMatching(/^t=/),
      'x-backstitch-test': 'true',
    });
    await press('Send a test');
    await text('Is sent again').waitFor();
    await text('The receiver answered 404').waitFor();
    await press('Switch off');
    await text('switched off: nothing is sent').waitFor();
    await follow('Delete');
    await press('Delete webhook');
    await heading('Webhooks').waitFor();
    await page.getByText(receiver.url).waitFor({ state: 'detached' });
  });
}
