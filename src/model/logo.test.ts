import { expect, test } from 'vitest';
import { logoTypeOf } from './logo.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

test.each([
  ['\x89PNG\r\n\x1a\nrest', 'image/png'],
  ['\xff\xd8\xff\xe0', 'image/jpeg'],
  ['RIFF\x01\x02\x03\x04WEBPVP8 ', 'image/webp'],
  ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
  ['<?xml version="1.0"?>\n<!-- by hand -->\n<svg\n width="1"/>', 'image/svg+xml'],
  ['<!DOCTYPE html><html><svg></svg></html>', null],
  ['RIFF\x01\x02\x03\x04WAVE', null],
  ['GIF89a', null],
  ['', null],
])('a picture is known by what it holds: %j', (text, type) => {
  expect(logoTypeOf(bytes(text))).toBe(type);
});
