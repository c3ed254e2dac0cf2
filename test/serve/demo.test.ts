import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { until } from '../support/embedded-postgres.ts';

const limit = 60_000;

function startDemo(...args: readonly string[]) {
  const child = spawn(process.execPath, ['scripts/demo.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const written: string[] = [];
  child.stdout.on('data', (piece: Buffer) => written.push(piece.toString()));
  const errors = text(child.stderr);
  const ended = once(child, 'close').then(async ([code]) => ({ code, errors: await errors }));
  return { child, ended, output: () => written.join('') };
}

test('the demo shows the tables, and ends by itself', { timeout: limit }, async () => {
  const demo = startDemo();
  expect(await demo.ended).toEqual({ code: 0, errors: '' });
  const rows = demo
    .output()
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toEqual([
    [
      'id',
      'placed_at',
      'status',
      'customer__name',
      'customer__city',
      'total',
      'coupon__bi',
      'coupon__st',
      '_sdc_sequence',
    ],
    ['1', '2026-03-01 09:12', 'shipped', 'Ada', 'London', '40', '·', '·', '2001'],
    ['2', '2026-03-01 09:30', 'open', 'Emil', 'Zürich', '3.75', '5', '·', '1001'],
    ['3', '2026-03-01 11:00', 'open', 'Noor', 'Utrecht', '18', '·', 'SPRING', '2000'],
    ['_sdc_source_key_id', '_sdc_level_0_id', 'sku', 'quantity', 'price'],
    ['1', '0', 'linen', '1', '40'],
    ['2', '0', 'thread', '3', '1.25'],
    ['3', '0', 'hoop', '1', '18'],
    ['table_name', 'reason'],
    ['orders', expect.stringContaining('placed_at')],
    ['orders', expect.stringContaining('total')],
  ]);
});

test('with --keep it stays up, and its lines work when they are pasted into a shell', {
  timeout: limit,
}, async () => {
  const demo = startDemo('--keep');
  try {
    const line = await until(() => {
      const found = demo.output().match(/^curl .*$/m)?.[0];
      if (found === undefined || !demo.output().includes('/docs: ac_')) throw new Error('no line yet');
      return found;
    }, limit);
    const { stdout } = await promisify(execFile)('sh', ['-c', `${line} --fail`]);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'OK' });
    expect(demo.output()).toMatch(/^psql postgres:\/\/\S+@127\.0\.0\.1:\d+\/postgres -c /m);
  } finally {
    demo.child.kill('SIGTERM');
  }
  expect(await demo.ended).toEqual({ code: 0, errors: '' });
});
