import { expect, test } from 'vitest';
import { parsePropertyArguments, propertyValue } from './property-arguments.ts';

const parse = (...given: string[]) => parsePropertyArguments(given);

test('a property is given as it stands, in a file, or on standard input', () => {
  expect(parse('host=db.example.com', 'password=@pw.txt', 'sslrootcert=-')).toEqual(
    new Map([
      ['host', { from: 'argument', value: 'db.example.com' }],
      ['password', { from: 'file', path: 'pw.txt' }],
      ['sslrootcert', { from: 'input' }],
    ]),
  );
});

test('a value may be empty and may hold equals signs', () => {
  expect(parse('name=a=b', 'database=').get('name')).toEqual({ from: 'argument', value: 'a=b' });
});

test('a credential in the argument is refused, and the message does not repeat it', () => {
  const refuse = () => parse('password=hunter2');
  expect(refuse).toThrow(/password is a credential.*password=@file.*password=-/);
  expect(refuse).not.toThrow(/hunter2/);
});

test('an argument that is no property is not repeated, since it may be a password', () => {
  expect(() => parse('hunter2')).toThrow('properties are given as key=value, key=@file or key=-');
  expect(() => parse('=hunter2')).toThrow('key=value');
});

test('a property given twice and a second one from standard input are refused', () => {
  expect(() => parse('port=1', 'port=2')).toThrow('property port is given twice');
  expect(() => parse('password=-', 'sslrootcert=-')).toThrow('password and sslrootcert');
});

test('the name of a credential alone asks for it; that of another property is no argument', () => {
  expect(parse('password').get('password')).toEqual({ from: 'question' });
  expect(() => parse('host')).toThrow('key=value');
});

test('what is a credential in some types only is not refused before it is known which type it is', () => {
  expect(parse('username=loader').get('username')).toEqual({ from: 'argument', value: 'loader' });
  expect(() => parse('secret_access_key=hunter2')).toThrow('secret_access_key is a credential');
});

test('an object property is read as JSON, any other as text', () => {
  expect(propertyValue({ name: 'credentials', kind: 'string' }, '{"a":1}')).toBe('{"a":1}');
  expect(propertyValue({ name: 'credentials', kind: 'object' }, '{"a":1}')).toEqual({ a: 1 });
  expect(() => propertyValue({ name: 'credentials', kind: 'object' }, '{')).toThrow('not valid JSON');
});
