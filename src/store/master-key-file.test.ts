import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  adoptNextKey,
  discardNextKey,
  findMasterKey,
  firstMasterKey,
  generateMasterKey,
  type MasterKey,
  masterKeyPath,
  parseMasterKey,
  stageNextKey,
} from './master-key-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backstitch-key-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fingerprintOf = (key: MasterKey) => createHash('sha256').update(key).digest('hex');
const expecting = (key: MasterKey) => ({ fingerprint: fingerprintOf(key), fingerprintOf });

test('the first key is made once, for its owner alone', () => {
  const key = firstMasterKey(folder);
  expect(key).toHaveLength(32);
  expect(firstMasterKey(folder)).toEqual(key);
  expect(statSync(masterKeyPath(folder)).mode & 0o777).toBe(0o600);
  expect(findMasterKey(folder, expecting(key))).toEqual(key);
});

test('a key is read from hex and from either base64', () => {
  const key = generateMasterKey();
  for (const encoding of ['hex', 'base64', 'base64url'] as const) {
    expect(parseMasterKey(` ${key.toString(encoding)}\n`)).toEqual(key);
  }
  expect(parseMasterKey('secret')).toBeNull();
});

test('a rotation that stopped before the keyring was replaced leaves the old key in force', () => {
  const old = firstMasterKey(folder);
  stageNextKey(folder, generateMasterKey());
  expect(findMasterKey(folder, expecting(old))).toEqual(old);
  expect(existsSync(`${masterKeyPath(folder)}.next`)).toBe(true);
});

test('a rotation that stopped after the keyring was replaced is ended at the next start', () => {
  firstMasterKey(folder);
  const next = generateMasterKey();
  stageNextKey(folder, next);
  expect(statSync(`${masterKeyPath(folder)}.next`).mode & 0o777).toBe(0o600);
  expect(findMasterKey(folder, expecting(next))).toEqual(next);
  expect(existsSync(`${masterKeyPath(folder)}.next`)).toBe(false);
  expect(firstMasterKey(folder)).toEqual(next);
});

test('staging, adopting and discarding may be repeated', () => {
  firstMasterKey(folder);
  const next = generateMasterKey();
  stageNextKey(folder, generateMasterKey());
  stageNextKey(folder, next);
  adoptNextKey(folder);
  adoptNextKey(folder);
  discardNextKey(folder);
  expect(firstMasterKey(folder)).toEqual(next);
});

test('a missing, a foreign and a damaged key file are told apart', () => {
  const key = generateMasterKey();
  expect(() => findMasterKey(folder, expecting(key))).toThrow(/is missing/);
  firstMasterKey(folder);
  expect(() => findMasterKey(folder, expecting(key))).toThrow(/is not the master key of this store/);
  writeFileSync(masterKeyPath(folder), 'oops');
  expect(() => findMasterKey(folder, expecting(key))).toThrow(/does not hold a master key/);
});
