import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseReturnUrl, readBranding } from './partner-branding.ts';

test('users are sent to plain https addresses only', () => {
  expect(parseReturnUrl('https://app.acme.example')).toBe('https://app.acme.example/');
  for (const url of [
    'http://app.acme.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    '//app.acme.example/',
    'https://user:word@app.acme.example/',
    `https://app.acme.example/${'a'.repeat(2048)}`,
    '',
  ])
    expect(() => parseReturnUrl(url)).toThrow('such as https://');
});

test('a logo is a small picture, and what is not given is not changed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-logo-'));
  const file = path.join(folder, 'logo');
  const read = (text: string) => {
    writeFileSync(file, text);
    return readBranding({ logo: file });
  };
  try {
    expect(read('<svg></svg>')).toMatchObject({
      logo: { type: 'image/svg+xml', base64: 'PHN2Zz48L3N2Zz4=' },
    });
    expect(() => read('<html></html>')).toThrow('no picture');
    expect(() => read(`<svg>${' '.repeat(65_536)}</svg>`)).toThrow('at most 65536');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect(() => readBranding({ logo: file })).toThrow('ENOENT');
  expect(() => readBranding({ name: 'a\u0007' })).toThrow('control characters');
  expect(readBranding({ logo: false, returnUrl: false })).toEqual({ logo: null, returnUrl: null });
  expect(readBranding({})).toEqual({});
});
