import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { Content, Operation } from '../openapi/operation.ts';
import { schemas } from '../openapi/schemas.ts';
import { renderDocsPage } from './docs-page.ts';
import { buildOpenApi, operations, renderSchema } from './openapi.ts';

const settings = { version: '1.2.3', publicUrl: null };

/** What a call takes and answers, by a name for messages. */
const contentsOf = ({ body, responses }: Operation): [string, Content][] => [
  ...(body ? [['body', body] as [string, Content]] : []),
  ...Object.entries(responses),
];

const ajv = new Ajv2020({ strict: true, allErrors: true, validateFormats: false });
/** The same with references that lead into the definitions below. */
const movedToDefinitions = (value: unknown) =>
  JSON.parse(JSON.stringify(value).replaceAll('#/components/schemas/', 'api#/$defs/'));
ajv.addSchema({ $id: 'api', $defs: movedToDefinitions(schemas) });

test.each(operations)('the examples of $id are what the schemas say', (operation) => {
  for (const [name, { schema, examples }] of contentsOf(operation)) {
    expect(Object.keys(examples).length, name).toBeGreaterThan(0);
    for (const [title, value] of Object.entries(examples)) {
      ajv.validate(movedToDefinitions(renderSchema(schema)), value);
      expect(ajv.errors, `${name}, ${title}`).toBeNull();
    }
  }
});

test('every call has an id of its own', () => {
  const ids = operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the description names the version, and where the server is', () => {
  expect(buildOpenApi(settings)).toMatchObject({ info: { version: '1.2.3' }, servers: [{ url: '/' }] });
  expect(buildOpenApi({ ...settings, publicUrl: 'https://backstitch.example.com' })).toMatchObject({
    servers: [{ url: 'https://backstitch.example.com' }],
  });
});

test('the page shows every call and loads nothing', () => {
  const page = renderDocsPage(settings);
  for (const { id, summary } of operations)
    expect(page).toContain(`<article id="${id}">\n<h3>${summary}</h3>`);
  expect(page).not.toMatch(/<script|<link|<img|url\(|@import|src=/i);
});
