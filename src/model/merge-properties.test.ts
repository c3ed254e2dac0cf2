import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleForm, sampleProperties } from '../../test/support/sample-form.ts';
import type { Json } from '../lib/json.ts';
import { credentialMask } from './credential-mask.ts';
import type { BadProperty, Properties } from './form.ts';
import { type MergedProperties, mergeProperties, type StoredProperties } from './merge-properties.ts';

const form = sampleForm();
type Given = Record<string, Json>;

const create = (given: Given) => mergeProperties({ form, stored: null, given, complete: false });
const stored = (properties: Given = {}): StoredProperties => {
  const { plain, secrets } = merged(create({ ...sampleProperties, ...properties }));
  return { plain, credentialNames: Object.keys(secrets), opened: secrets };
};
const update = (before: StoredProperties, given: Given, complete = false) =>
  mergeProperties({ form, stored: before, given, complete });

function merged(result: ReturnType<typeof mergeProperties>): MergedProperties {
  if ('bad' in result) throw new Error(`bad properties: ${JSON.stringify(result.bad)}`);
  return result.merged;
}
function bad(result: ReturnType<typeof mergeProperties>): readonly BadProperty[] {
  if ('merged' in result) throw new Error('nothing is bad');
  return result.bad;
}
const badNames = (result: ReturnType<typeof mergeProperties>) => bad(result).map(({ name }) => name);

describe('a create', () => {
  test('stores canonical values, defaults and what the server makes; secrets apart', () => {
    const result = merged(create(sampleProperties));
    expect(result.plain).toEqual({
      host: 'db.example.com',
      mode: 'upsert',
      port: '5432',
      sentinel: 'made-up',
      ssl: 'false',
      tunnel: 'none',
    });
    expect(result.secrets).toEqual({ password: 'p4ss' });
    expect(result.generated).toEqual({ sentinel: 'made-up' });
  });

  test('takes a given value instead of making one', () => {
    const result = merged(create({ ...sampleProperties, sentinel: 'mine', mode: 'append' }));
    expect(result.plain).toMatchObject({ sentinel: 'mine', mode: 'append' });
    expect(result.generated).toEqual({});
  });

  test('reads null as not given', () => {
    expect(merged(create({ ...sampleProperties, certificate: null, sentinel: null })).plain).toEqual(
      merged(create(sampleProperties)).plain,
    );
  });

  test('writes every value into the history but those of credentials', () => {
    expect(merged(create({ ...sampleProperties, key: { id: 1 } })).changes).toEqual([
      { property: 'host', to: 'db.example.com' },
      { property: 'key' },
      { property: 'mode', to: 'upsert' },
      { property: 'password' },
      { property: 'port', to: '5432' },
      { property: 'sentinel' },
      { property: 'ssl', to: 'false' },
      { property: 'tunnel', to: 'none' },
    ]);
  });

  test('keeps a tolerated property', () => {
    expect(merged(create({ ...sampleProperties, extra: 'x' })).plain).toMatchObject({ extra: 'x' });
  });

  test('names every bad property once, in the order of the form, unknown ones last', () => {
    const given = JSON.parse(
      '{"zzz":1,"__proto__":{"host":"x"},"constructor":1,"hasOwnProperty":null,' +
        '"ssl":"perhaps","port":"","found":"x","extra":"","delimiter":"\\n"}',
    );
    expect(bad(create(given))).toEqual([
      { name: 'delimiter', why: 'The value contains a control character, such as a line break.' },
      { name: 'found', why: 'Read only: the server finds this value out itself.' },
      { name: 'host', why: 'Required.' },
      { name: 'password', why: 'Required.' },
      { name: 'port', why: 'Give a value; null clears an optional property, an empty string does not.' },
      { name: 'ssl', why: 'Give true or false.' },
      { name: 'extra', why: 'Give a value; null clears an optional property, an empty string does not.' },
      ...['zzz', '__proto__', 'constructor', 'hasOwnProperty'].map((name) => ({
        name,
        why: 'This destination type has no such property.',
      })),
    ]);
  });

  test('asks about a misspelt property whether a known one is meant', () => {
    expect(bad(create({ ...sampleProperties, pasword: 'x', hsot: 'x', ['x'.repeat(100_000)]: 'x' }))).toEqual(
      [
        { name: 'pasword', why: 'This destination type has no such property. Is password meant?' },
        { name: 'hsot', why: 'This destination type has no such property. Is host meant?' },
        { name: 'x'.repeat(100_000), why: 'This destination type has no such property.' },
      ],
    );
  });

  test('applies the rules between properties beside those of each property', () => {
    expect(badNames(create({ ...sampleProperties, port: 70_000, tunnel: 'ssh', nonsense: 1 }))).toEqual([
      'port',
      'tunnel_host',
      'nonsense',
    ]);
  });

  test('refuses the mask, which stands for nothing yet', () => {
    expect(bad(create({ ...sampleProperties, password: credentialMask }))).toEqual([
      { name: 'password', why: expect.stringContaining('no value is stored') },
    ]);
  });

  test.each(['host', 'password', 'port', 'ssl'])('refuses null for %s, which is required', (name) => {
    expect(badNames(create({ ...sampleProperties, [name]: null }))).toEqual([name]);
  });

  test('a reason never repeats the value of a credential', () => {
    const reasons = JSON.stringify(
      bad(create({ password: 'canary\n', key: 'canary', sentinel: 'canary\0' })),
    );
    expect(reasons).not.toContain('canary');
  });
});

describe('an update', () => {
  test('changes what is given and keeps the rest', () => {
    const before = stored({ certificate: 'pem', key: { id: 1 } });
    const result = merged(update(before, { host: 'other', port: '5433' }));
    expect(result.plain).toEqual({ ...before.plain, host: 'other', port: '5433' });
    expect(result.secrets).toEqual({});
    expect(result.keptCredentials).toEqual(['key', 'password']);
    expect(result.droppedCredentials).toEqual([]);
    expect(result.changes).toEqual([
      { property: 'host', from: 'db.example.com', to: 'other' },
      { property: 'port', from: '5432', to: '5433' },
    ]);
  });

  test.each<[string, Given]>([
    ['nothing', {}],
    ['the same values, in the other JSON type', { port: '5432', ssl: 'false', mode: 'upsert' }],
    ['the mask', { password: credentialMask }],
    ['the same password', { password: 'p4ss' }],
    ['the same object with its keys in another order', { key: { more: 2, id: 1 } }],
    ['null for what has no value', { certificate: null, extra: null, region: null }],
  ])('that gives %s changes nothing', (_, given) => {
    const before = stored({ key: { id: 1, more: 2 } });
    const result = merged(update(before, given));
    expect(result.plain).toEqual(before.plain);
    expect(result).toMatchObject({ secrets: {}, droppedCredentials: [], changes: [], generated: {} });
  });

  test('a credential that is given again, unchanged, is not one that is merely kept', () => {
    expect(merged(update(stored(), { password: 'p4ss' })).keptCredentials).toEqual([]);
    expect(merged(update(stored(), { password: credentialMask })).keptCredentials).toEqual(['password']);
  });

  test('takes a given credential as new where the stored one cannot be opened', () => {
    const before = { ...stored(), opened: {} };
    expect(merged(update(before, { password: 'p4ss' })).secrets).toEqual({ password: 'p4ss' });
  });

  test('null clears an optional property, plain or sealed', () => {
    const before = stored({ certificate: 'pem', key: { id: 1 } });
    const result = merged(update(before, { certificate: null, key: null }));
    expect(result.plain).not.toHaveProperty('certificate');
    expect(result.droppedCredentials).toEqual(['key']);
    expect(result.keptCredentials).toEqual(['password']);
    expect(result.changes).toEqual([{ property: 'certificate', from: 'pem' }, { property: 'key' }]);
  });

  test.each(['host', 'password', 'mode', 'sentinel', 'found'])('null does not clear %s', (name) => {
    expect(badNames(update(stored(), { [name]: null }))).toEqual([name]);
  });

  test('refuses the mask of a credential that has no value', () => {
    expect(badNames(update(stored(), { key: credentialMask }))).toEqual(['key']);
  });

  test('never shows a new credential in its changes', () => {
    const result = merged(update(stored(), { password: 'new', sentinel: 'new' }));
    expect(result.changes).toEqual([{ property: 'password' }, { property: 'sentinel' }]);
    expect(result.secrets).toEqual({ password: 'new' });
    expect(result.plain.sentinel).toBe('new');
  });

  test('an immutable property can be set once', () => {
    expect(merged(update(stored(), { region: 'eu' })).plain.region).toBe('eu');
    expect(merged(update(stored({ region: 'eu' }), { region: 'eu' })).changes).toEqual([]);
    expect(badNames(update(stored({ region: 'eu' }), { region: 'us' }))).toEqual(['region']);
    expect(badNames(update(stored({ region: 'eu' }), { region: null }))).toEqual(['region']);
    expect(badNames(update(stored(), { mode: 'append' }))).toEqual(['mode']);
  });

  test('a read-only value may be sent back, not changed', () => {
    const before = { ...stored(), plain: { ...stored().plain, found: 'project-1' } };
    expect(merged(update(before, { found: 'project-1' })).plain.found).toBe('project-1');
    expect(badNames(update(before, { found: 'project-2' }))).toEqual(['found']);
  });

  test('drops what has lost its meaning', () => {
    const before = stored({ tunnel: 'ssh', tunnel_host: 'bastion' });
    const result = merged(update(before, { tunnel: 'none' }));
    expect(result.plain).not.toHaveProperty('tunnel_host');
    expect(result.changes).toEqual([
      { property: 'tunnel', from: 'ssh', to: 'none' },
      { property: 'tunnel_host', from: 'bastion' },
    ]);
  });

  test('runs the rules on the merged candidate', () => {
    expect(badNames(update(stored(), { tunnel: 'ssh' }))).toEqual(['tunnel_host']);
    expect(badNames(update(stored({ tunnel: 'ssh', tunnel_host: 'b' }), { tunnel_host: null }))).toEqual([
      'tunnel_host',
    ]);
  });

  test('a rule on what changed leaves stored values alone', () => {
    const before = stored({ ssl: true, sslrootcert: 'pem' });
    expect(merged(update(before, { ssl: false })).plain.sslrootcert).toBe('pem');
    expect(badNames(update(before, { ssl: false, sslrootcert: 'other' }))).toEqual(['sslrootcert']);
  });

  test('keeps stored values that the form no longer knows', () => {
    const before = stored();
    const older = {
      plain: { ...before.plain, retired: 'x' },
      credentialNames: ['password', 'retired_secret'],
      opened: {},
    };
    const result = merged(update(older, { host: 'other' }));
    expect(result.plain.retired).toBe('x');
    expect(result.droppedCredentials).toEqual([]);
    expect(result.keptCredentials).toEqual(['password']);
  });
});

describe('a complete update', () => {
  const complete = { host: 'db.example.com', port: 5432, ssl: false };

  test('may leave out credentials, optional properties and those with a default', () => {
    const before = stored({ certificate: 'pem', tunnel: 'ssh', tunnel_host: 'bastion', mode: 'append' });
    const result = merged(update(before, complete, true));
    expect(result.plain).toEqual(before.plain);
    expect(result.changes).toEqual([]);
  });

  test.each(['host', 'port', 'ssl'])('must name %s', (name) => {
    const { [name]: _, ...rest } = complete as Given;
    expect(badNames(update(stored(), rest, true))).toEqual([name]);
  });

  test('asks for a required credential that is not stored', () => {
    expect(badNames(update({ ...stored(), credentialNames: [] }, complete, true))).toEqual(['password']);
  });
});

describe('for any values', () => {
  const names = [
    ...Object.keys(merged(create(sampleProperties)).plain),
    'password',
    'key',
    'certificate',
    'region',
  ];
  const value = fc.oneof(
    fc.constantFrom<Json>(null, '', credentialMask, 'none', 'ssh', true, 'false', 5432, '0', { id: 1 }),
    fc.jsonValue() as fc.Arbitrary<Json>,
  );
  const given = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value);

  test('a merge either refuses with reasons or is stable: repeated, it changes nothing', () => {
    const before = stored({ key: { id: 7 } });
    fc.assert(
      fc.property(given, (values) => {
        const result = update(before, values);
        if ('bad' in result) {
          expect(result.bad.length).toBeGreaterThan(0);
          return;
        }
        const { plain, secrets, droppedCredentials } = result.merged;
        const opened: Properties = { ...before.opened, ...secrets };
        const credentialNames = [...new Set([...before.credentialNames, ...Object.keys(secrets)])].filter(
          (name) => !droppedCredentials.includes(name),
        );
        expect(merged(update({ plain, credentialNames, opened }, values)).changes).toEqual([]);
      }),
    );
  });

  test('a merge never touches what every object inherits', () => {
    const hostile: Given = JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    );
    fc.assert(
      fc.property(given, (values) => {
        update(stored(), Object.fromEntries([...Object.entries(values), ...Object.entries(hostile)]));
        expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      }),
    );
  });
});
