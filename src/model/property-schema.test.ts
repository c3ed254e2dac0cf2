import { describe, expect, test } from 'vitest';
import { Bug } from '../errors/bug.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { schemaCheck } from './property-schema.ts';

const ssh: JsonObject = {
  definitions: {
    on: {
      type: 'object',
      properties: {
        ssh: { type: 'string', pattern: '^true$' },
        ssh_host: { type: 'string', minLength: 1 },
      },
      required: ['ssh', 'ssh_host'],
    },
    off: {
      type: 'object',
      properties: { ssh: { type: 'string', pattern: '^false$' } },
      required: ['ssh'],
      additionalProperties: false,
    },
  },
  anyOf: [{ $ref: '#/definitions/on' }, { $ref: '#/definitions/off' }],
};

test.each<[JsonObject, Json]>([
  [{ type: 'string' }, 'x'],
  [{ type: 'string', pattern: '^(ssh|none)$' }, 'none'],
  [{ type: 'string', pattern: '^EU$|^US$' }, 'US'],
  [{ type: 'string', format: 'uri' }, 'https://example.com/?sig=a%2Fb'],
  [{ type: 'string', format: 'email' }, 'loader@example.iam.gserviceaccount.com'],
  [ssh, { ssh: 'true', ssh_host: 'bastion' }],
  [ssh, { ssh: 'false' }],
])('%j takes %j', (schema, value) => {
  expect(schemaCheck(schema)(value)).toBeNull();
});

test.each<[JsonObject, Json, string]>([
  [{ type: 'string' }, 1, 'Give a string.'],
  [{ type: 'object' }, [], 'Give a JSON object.'],
  [{ type: 'string', pattern: '^(ssh|none)$' }, 'vpn', 'Give one of ssh, none.'],
  [{ type: 'string', pattern: '^EU$|^US$' }, 'eu', 'Give one of EU, US.'],
  [{ type: 'string', pattern: '^s3$' }, 'gs', 'Give s3.'],
  [{ type: 'string', pattern: '^jdbc:spark://' }, 'jdbc:x', 'Give a value that matches ^jdbc:spark://.'],
  [{ type: 'string', format: 'uri' }, 'example.com', 'Give a URI, such as https://example.com/.'],
  [{ type: 'string', format: 'uri' }, 'https://a b/', 'Give a URI, such as https://example.com/.'],
  [{ type: 'string', format: 'email' }, 'nobody', 'Give an e-mail address.'],
  [{ type: 'string', minLength: 3 }, 'ab', 'Give at least 3 characters.'],
  [
    ssh,
    { ssh: 'true', ssh_host: '' },
    'In ssh_host: Give a value; this one is empty. Or: In ssh: Give false.',
  ],
  [ssh, { ssh: 'false', ssh_host: 'bastion' }, 'In ssh: Give true. Or: Only these keys are known: ssh.'],
  [ssh, {}, 'These keys are missing: ssh, ssh_host. Or: These keys are missing: ssh.'],
])('%j refuses %j', (schema, value, why) => {
  expect(schemaCheck(schema)(value)).toBe(why);
});

test('keys that every object inherits are neither given nor known', () => {
  const schema: JsonObject = { type: 'object', required: ['constructor'], additionalProperties: false };
  expect(schemaCheck(schema)({})).toBe('These keys are missing: constructor.');
  expect(schemaCheck({ type: 'object', additionalProperties: false })(JSON.parse('{"__proto__":1}'))).toBe(
    'Only these keys are known: .',
  );
});

describe('a form with a schema that is not understood is a bug', () => {
  test.each<JsonObject>([
    { type: 'number' },
    { type: 'string', maxLength: 3 },
    { type: 'string', format: 'date' },
    { constructor: true },
    { $ref: 'https://example.com/schema' },
  ])('%j', (schema) => {
    expect(() => schemaCheck(schema)).toThrow(Bug);
  });
});
