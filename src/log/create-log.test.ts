import { describe, expect, test } from 'vitest';
import { createRedactor } from '../lib/redact.ts';
import { createLog, type LogOptions } from './create-log.ts';

const clock = { now: () => Date.UTC(2018, 1, 6, 15, 36, 36), monotonic: () => 0 };

function startLog(level: LogOptions['level'] = 'debug') {
  const lines: string[] = [];
  const redactor = createRedactor();
  const log = createLog({ level, clock, redactor, stream: { write: (line) => void lines.push(line) } });
  return { log, redactor, lines, entries: () => lines.map((line) => JSON.parse(line)) };
}

describe('the log', () => {
  test('is one JSON object a line', () => {
    const { log, lines } = startLog();
    log.info({ port: 8080 }, 'listening');
    expect(lines).toEqual([
      '{"level":"info","time":"2018-02-06T15:36:36.000Z","port":8080,"message":"listening"}\n',
    ]);
  });

  test('keeps a line a line, whatever a name contains', () => {
    const { log, lines } = startLog();
    const forged = 'x\r\n{"level":"fatal","message":"forged"}\u2028\u0085\u001b[2J\0';
    log.child({ [forged]: forged }).warn({ name: forged, [forged]: 1 }, forged);
    expect(lines).toHaveLength(1);
    const line = lines[0]!.slice(0, -1);
    expect(
      [...line].every((character) => character >= ' ' && !/[\u007f-\u009f\u2028\u2029]/.test(character)),
    ).toBe(true);
    expect(JSON.parse(line).level).toBe('warn');
  });

  test('shows no secret: in facts, facts of a child, messages, errors or their causes', () => {
    const { log, redactor, lines } = startLog();
    redactor.hide('kanarienvogel');
    const cause = new Error('signing in with kanarienvogel failed');
    const child = log
      .child({ password: 'kanarienvogel', note: 'kanarienvogel' })
      .child({ token: 'kanarienvogel' });
    child.error(
      { err: new Error('check failed', { cause }), url: 'ftp://me:kanarienvogel@host' },
      'kanarienvogel',
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('kanarienvogel');
  });

  test('shows an error with code, stack and cause under err', () => {
    const { log, entries } = startLog();
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    log.error({ err: new Error('no store', { cause: refused }) }, 'cannot start');
    expect(entries()[0].err).toMatchObject({
      type: 'Error',
      message: 'no store',
      stack: expect.stringContaining('create-log.test.ts'),
      cause: { code: 'ECONNREFUSED', message: 'refused' },
    });
  });

  test('leaves out what is less important than its level', () => {
    const { log, entries } = startLog('warn');
    log.debug({}, 'one');
    log.info({}, 'two');
    log.warn({}, 'three');
    log.child({}).fatal({}, 'four');
    expect(entries().map(({ message }) => message)).toEqual(['three', 'four']);
    const { log: silent, lines } = startLog('silent');
    silent.fatal({}, 'nothing');
    expect(lines).toEqual([]);
  });
});
