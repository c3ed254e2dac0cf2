import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { examineClock } from './examine-clock.ts';
import { examineDisk } from './examine-disk.ts';
import { examineEgress } from './examine-egress.ts';
import { examineFolder } from './examine-folder.ts';
import { ok, problem, warning } from './finding.ts';
import { renderFindings } from './render-findings.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backstitch-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const levels = (findings: readonly { level: string }[]) => findings.map(({ level }) => level);

test('a folder of this user alone is in order', () => {
  expect(levels(examineFolder(folder))).toEqual(['ok']);
});

test('a folder that is missing or is a file is a problem', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(examineFolder(join(folder, 'gone'))[0]?.message).toContain('does not exist');
  expect(examineFolder(file)[0]?.message).toContain('is a file');
});

test('a folder that others may write to is a problem, and the remedy is the command', () => {
  chmodSync(folder, 0o777);
  const [finding] = examineFolder(folder);
  expect(finding).toMatchObject({ level: 'problem', remedy: `chmod 700 ${folder}` });
});

test('a folder that others may enter matters only if they can read a file in it', () => {
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'closed'), '', { mode: 0o600 });
  expect(levels(examineFolder(folder))).toEqual(['ok']);
  writeFileSync(join(folder, 'empty'), '', { mode: 0o644 });
  expect(levels(examineFolder(folder))).toEqual(['ok']);
  writeFileSync(join(folder, 'open.db'), 'rows', { mode: 0o644 });
  expect(examineFolder(folder)).toMatchObject([
    { level: 'warning', message: expect.stringContaining('open.db') },
  ]);
});

test('a disk is fine, tight or full', () => {
  expect(examineDisk('d', 50e9).level).toBe('ok');
  expect(examineDisk('d', 1.5e9)).toMatchObject({
    level: 'warning',
    message: expect.stringContaining('1.5 GB'),
  });
  expect(examineDisk('d', 100e6)).toMatchObject({
    level: 'problem',
    message: expect.stringContaining('100 MB'),
  });
});

test('the clock is compared with the store only as exactly as both can be read', () => {
  const here = Date.UTC(2026, 5, 1);
  const readings = (store: number | null) => examineClock({ here, store, uncertainty: 500 }).level;
  expect(readings(null)).toBe('ok');
  expect(readings(here - 2400)).toBe('ok');
  expect(readings(here + 10_000)).toBe('warning');
  expect(readings(here + 3_600_000)).toBe('problem');
  expect(examineClock({ here: 0, store: null, uncertainty: 0 }).level).toBe('problem');
});

test('egress names addresses that are none, and hosts that cannot be found', () => {
  expect(levels(examineEgress([], []))).toEqual(['ok']);
  expect(levels(examineEgress(['192.0.2.7', '2001:db8::/32'], []))).toEqual(['ok']);
  expect(examineEgress(['gateway'], [])).toMatchObject([{ level: 'problem' }]);
  const hosts = [
    { host: 'db.example.com', failure: null },
    { host: 'lost.example.com', failure: 'unknown name' },
  ];
  expect(examineEgress([], hosts).at(-1)).toMatchObject({
    level: 'warning',
    message: 'hosts of destinations that cannot be found: lost.example.com (unknown name)',
  });
});

test('findings are listed with their remedies and summed up', () => {
  const findings = [
    ok('disk', 'much room'),
    warning('clock', '3 s off', 'Set it.'),
    problem('store', 'gone', 'Look.'),
  ];
  expect(renderFindings(findings)).toBe(
    [
      'ok       disk   much room',
      'warning  clock  3 s off',
      '                → Set it.',
      'PROBLEM  store  gone',
      '                → Look.',
      '',
      '1 problem, 1 warning.',
      '',
    ].join('\n'),
  );
  expect(renderFindings([ok('disk', 'much room')])).toContain('Everything is in order.');
});
