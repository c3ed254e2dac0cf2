import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decrypt, encrypt, fingerprintOf, randomKey } from './sealing.ts';

const key = randomKey();

test('what was encrypted is decrypted with the same key and binding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (bytes, bound) => {
      const text = Buffer.from(bytes);
      expect(decrypt(key, encrypt(key, text, bound), bound)).toEqual(text);
    }),
  );
});

test('the same text never looks the same twice', () => {
  const seals = Array.from({ length: 200 }, () => encrypt(key, Buffer.from('text'), 'bound'));
  expect(new Set(seals).size).toBe(200);
});

test('with any one character changed, added or taken away nothing is decrypted', () => {
  const sealed = encrypt(key, Buffer.from('a text of some length'), 'bound');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  for (let at = 0; at < sealed.length; at += 1) {
    const cut = sealed.slice(0, at) + sealed.slice(at + 1);
    expect(() => decrypt(key, cut, 'bound')).toThrow();
    for (const letter of alphabet) {
      const longer = sealed.slice(0, at) + letter + sealed.slice(at);
      expect(() => decrypt(key, longer, 'bound')).toThrow();
      if (letter === sealed[at]) continue;
      const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1);
      expect(() => decrypt(key, changed, 'bound')).toThrow();
    }
  }
});

test('nothing is decrypted with another key, or bound to something else', () => {
  const sealed = encrypt(key, Buffer.from('text'), 'bound');
  expect(() => decrypt(randomKey(), sealed, 'bound')).toThrow();
  expect(() => decrypt(key, sealed, 'elsewhere')).toThrow();
});

test('a fingerprint tells keys apart and stays the same', () => {
  expect(fingerprintOf(key)).toBe(fingerprintOf(Buffer.from(key)));
  expect(fingerprintOf(key)).not.toBe(fingerprintOf(randomKey()));
});
