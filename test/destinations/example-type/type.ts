import type { DestinationType } from '../../../src/destinations/destination.ts';
import { released } from '../../../src/destinations/details.ts';
import { text } from '../../../src/destinations/form-fields.ts';

/** The type that docs/adding-a-destination.md makes: a folder of files with JSON lines, which only ever grows. */
export const exampleType: DestinationType = {
  type: 'json_lines',
  title: 'JSON lines',
  details: released('json_lines'),
  connector: async () => (await import('./connector.ts')).exampleConnector,
  form: {
    steps: [{ type: 'form', properties: [text('folder', 'Folder that files are written into.')] }],
    v3Order: ['folder'],
    tolerated: [],
    rules: [],
  },
};
