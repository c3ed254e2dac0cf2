import { expect, test } from 'vitest';
import { property, sampleForm } from '../../test/support/sample-form.ts';
import type { PropertyChange } from './destination.ts';
import { secretMoves } from './secret-moves.ts';

const form = sampleForm();

test.each<[string, PropertyChange]>([
  ['another host', { property: 'host', from: 'a', to: 'b' }],
  ['another port', { property: 'port', from: '5432', to: '5433' }],
  ['a tunnel', { property: 'tunnel', from: 'none', to: 'ssh' }],
  ['another SSH server', { property: 'tunnel_host', from: 'a', to: 'b' }],
  ['TLS switched off', { property: 'ssl', from: 'true', to: 'false' }],
  ['TLS no longer asked for', { property: 'ssl', from: 'true' }],
  ['another certificate', { property: 'sslrootcert', from: 'a', to: 'b' }],
  ['no certificate any more', { property: 'sslrootcert', from: 'a' }],
])('%s moves a stored secret', (_, change) => {
  expect(secretMoves(form, [change])).toEqual([change]);
});

test.each<[string, PropertyChange]>([
  ['TLS switched on', { property: 'ssl', from: 'false', to: 'true' }],
  ['TLS asked for', { property: 'ssl', to: 'true' }],
  ['a first certificate', { property: 'sslrootcert', to: 'a' }],
  ['another certificate of no route', { property: 'certificate', from: 'a', to: 'b' }],
  ['another password', { property: 'password' }],
])('%s moves no stored secret', (_, change) => {
  expect(secretMoves(form, [change])).toEqual([]);
});

test('a credential that says where to go moves the others', () => {
  const url = property('url', { isCredential: true, routing: true });
  const withUrl = sampleForm({ tolerated: [url] });
  expect(secretMoves(withUrl, [{ property: 'url' }])).toEqual([{ property: 'url' }]);
});
