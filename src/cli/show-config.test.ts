import { expect, test } from 'vitest';
import { namedOptions } from '../config/options.ts';
import { parseConfig } from '../config/parse-config.ts';
import { shownValue } from './show-config.ts';

const key = 'ab'.repeat(32);

test('no secret is among the values that are shown', () => {
  const env = {
    BACKSTITCH_STORE: 'postgres://loader:hunter2@db.example.com/backstitch?password=hunter3',
    BACKSTITCH_MASTER_KEY: key,
    BACKSTITCH_TOKEN: 'a-token-of-mine',
    BACKSTITCH_METRICS_TOKEN: 'another-token',
    BACKSTITCH_PARTNER_ID: 'acme',
    BACKSTITCH_PARTNER_SECRET: 'partner-secret',
  };
  const config = parseConfig({ env });
  const shown = JSON.stringify(namedOptions.map((option) => shownValue(option, config)));
  expect(shown).not.toMatch(/hunter|abab|a-token-of-mine|another-token|partner-secret/);
  expect(shown).toContain('postgres://loader:(hidden)@db.example.com/backstitch');
});
