import { expect, test } from 'vitest';
import { splitRemedy } from './split-remedy.ts';

test.each([
  ['Check the port.', { text: 'Check the port.', sql: null }],
  [
    'Run as the owner: GRANT USAGE ON SCHEMA "a;b" TO loader; GRANT CREATE ON SCHEMA c TO loader;',
    {
      text: 'Run as the owner:',
      sql: 'GRANT USAGE ON SCHEMA "a;b" TO loader;\nGRANT CREATE ON SCHEMA c TO loader;',
    },
  ],
  [
    "Raise it (ALTER ROLE loader CONNECTION LIMIT -1;), or close some. It's up to you.",
    {
      text: "Raise it (ALTER ROLE loader CONNECTION LIMIT -1;), or close some. It's up to you.",
      sql: 'ALTER ROLE loader CONNECTION LIMIT -1;',
    },
  ],
])('%s', (remedy, expected) => {
  expect(splitRemedy(remedy)).toEqual(expected);
});
