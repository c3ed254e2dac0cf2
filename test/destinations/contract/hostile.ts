import { expect, test } from 'vitest';
import type { SentBatch } from '../../support/load-session.ts';
import { canonical } from './normal-form.ts';
import type { Suite } from './open-suite.ts';

const hostile = [
  `Robert'); drop table source.t; --`,
  '"; drop schema source cascade; --',
  'x`; drop table t; -- \'"\\',
  `\\'; select pg_sleep(9); --`,
  '$$ $1 $2 {x} %s %I ? ?? :name',
  "E'\\x41'",
  '{"a":NULL}',
  '\\.',
  '\\N',
  'NULL',
  'null',
  ' ',
  '{}',
  '../../../etc/passwd',
  '=cmd|calc',
  'a\tb\nc\rd\u2028e',
  '𝒳 \u{10ffff}',
  '__proto__',
];

export function hostileContract({ open }: Suite): void {
  test('hostile names and values do nothing but stand there', async () => {
    await using room = await open();
    const messages = hostile.map((text, index) => ({
      data: JSON.parse(
        `{"id":${JSON.stringify(text)},"value":${JSON.stringify(text)},${JSON.stringify(`c${index} ${text}`)}:1,"list":[${JSON.stringify(text)},{${JSON.stringify(`k${index}${text}`)}:true}]}`,
      ) as object,
      sequence: index,
    }));
    const sent: SentBatch = { messages };
    const result = await room.load('t', [sent]);
    expect(result.rejections).toEqual([]);
    await room.expectLoaded('t');
    expect(new Set((await room.records('t')).map(({ data }) => canonical(data.id!))).size).toBe(
      hostile.length,
    );
    for (const [index, text] of hostile.slice(0, 6).entries()) {
      const table = `T${index} ${text}`;
      const loaded = await room.load(table, [{ messages: messages.slice(0, 1) }]);
      expect(loaded.tables[0]?.rowsLoaded).toBe(1);
      await room.expectLoaded(table);
    }
    await room.expectLoaded('t');
  });
}
