import { expect, test } from 'vitest';
import { createBackendMessages, ProtocolError } from './backend-messages.ts';

const message = (type: string, body: Buffer | string = '') => {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length + 4);
  return Buffer.concat([Buffer.from(type), length, bytes]);
};
const number = (value: number) => Buffer.from([0, 0, 0, value]);
const fields = 'SERROR\0C28P01\0Mno\0\0';
const signInOk = [
  message('R', Buffer.concat([number(10), Buffer.from('SCRAM-SHA-256\0\0')])),
  message('R', Buffer.concat([number(11), Buffer.from('r=x')])),
  message('R', Buffer.concat([number(12), Buffer.from('v=x')])),
  message('R', number(0)),
  message('S', 'server_version\x0018.0\0'),
  message('N', 'SNOTICE\0C00000\0Mhello\0\0'),
  message('K', Buffer.alloc(8)),
  message('Z', 'I'),
];

const plain = { encrypted: false, mostBytes: 100_000 };

function reasonOf(chunk: Buffer, options = plain): string | undefined {
  try {
    createBackendMessages(options).accept(chunk);
    return undefined;
  } catch (error) {
    return error instanceof ProtocolError ? error.reason : String(error);
  }
}

test('whole messages pass unchanged, however they are cut into chunks', () => {
  const whole = Buffer.concat([...signInOk, message('T', Buffer.alloc(2)), message('Z', 'I')]);
  for (const size of [1, 2, 3, 7, whole.length]) {
    const messages = createBackendMessages(plain);
    const passed: Buffer[] = [];
    for (let at = 0; at < whole.length; at += size)
      passed.push(Buffer.from(messages.accept(whole.subarray(at, at + size))));
    expect(Buffer.concat(passed)).toEqual(whole);
  }
});

test('a part of a message waits for the rest', () => {
  const messages = createBackendMessages(plain);
  const error = message('E', fields);
  expect(messages.accept(error.subarray(0, 9)).length).toBe(0);
  expect(messages.accept(error.subarray(9))).toEqual(error);
});

test('a request for the password in clear text passes only where it is encrypted', () => {
  const request = message('R', number(3));
  expect(reasonOf(request)).toBe('cleartext_password');
  expect(reasonOf(request, { ...plain, encrypted: true })).toBeUndefined();
});

test.each([2, 6, 7, 8, 9, 99])('sign-in method %i is not supported', (method) => {
  expect(reasonOf(message('R', number(method)))).toBe('sign_in_method');
});

test.each([
  ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
  ['an error without an end', message('E', 'SERROR\0Mno\0')],
  ['an error whose last field has no end', message('E', 'SERROR\0Mno')],
  ['an error with more behind its end', message('E', `${fields}more`)],
  ['an empty error', message('E')],
  ['a notice without an end', message('N', 'S')],
  ['a sign-in request that is too short', message('R', 'abc')],
  ['a length below what every message has', Buffer.from('E\0\0\0\x03', 'latin1')],
  ['a length beyond reason', Buffer.from('E\x00\x02\x00\x00', 'latin1')],
  ['rows before signing in', message('D', Buffer.alloc(2))],
])('%s is not PostgreSQL', (_, chunk) => {
  expect(reasonOf(chunk)).toBe('not_postgres');
});

test('one byte is enough to know another protocol by', () => {
  expect(reasonOf(Buffer.from('H'))).toBe('not_postgres');
});

test('a server that sends without end is cut off, in notices as in rows', () => {
  const messages = createBackendMessages(plain);
  const notice = message('N', `SNOTICE\0C00000\0M${'x'.repeat(60_000)}\0\0`);
  messages.accept(notice);
  expect(() => messages.accept(notice)).toThrow('without end');
});
