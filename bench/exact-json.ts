import { parseArgs } from 'node:util';
import { parseBatch } from '../src/intake/parse-batch.ts';
import { createSchemaCache } from '../src/intake/validate-record.ts';
import { parseExactJson } from '../src/lib/exact-json.ts';

/**
 * Measures reading bodies of about 1 MB against decoding and JSON.parse alone, interleaved in one run, by the processor
 * time of the thread, so that other programs disturb little: ratios of the medians, 1 is as fast as JSON.parse.
 */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' } } });
const rounds = Number(values.rounds);

const words = ['harbour', 'lantern', 'meadow', 'copper', 'violet', 'granite', 'willow', 'ember'];
const word = (at: number) => words[(at * 7919) % words.length];

/** Ten flat columns; about 300 bytes. */
const flatRecord = (at: number, decimals: number, divisor: number) =>
  `{"id":${at},"name":"${word(at)} ${word(at + 3)}","city":"${word(at + 1)}","segment":"${word(at + 5)}",` +
  `"balance":${((at * 104_729) % 1_000_003) / divisor}` +
  `,"score":${(((at * 15_485_863) % 1_000_003) / 1_000_003).toFixed(decimals)},"active":${at % 2 === 0},` +
  `"verified":${at % 3 === 0},"created_at":"2026-01-01T00:00:00.${String(100_000 + (at % 900_000))}Z",` +
  `"updated_at":"2026-02-01T12:34:56Z"}`;

const schema = JSON.stringify({
  type: 'object',
  properties: {
    id: { type: 'integer' },
    name: { type: ['null', 'string'] },
    city: { type: ['null', 'string'] },
    segment: { type: ['null', 'string'] },
    balance: { type: ['null', 'number'] },
    score: { type: ['null', 'number'] },
    active: { type: ['null', 'boolean'] },
    verified: { type: ['null', 'boolean'] },
    created_at: { type: ['null', 'string'], format: 'date-time' },
    updated_at: { type: ['null', 'string'], format: 'date-time' },
  },
});

function body(options: {
  sequence: (at: number) => string;
  decimals: number;
  /** 997 gives decimals of 17 digits, 128 short ones. */
  divisor?: number;
  text?: string;
}): Buffer {
  const count = options.text === undefined ? 2_600 : 500;
  const messages = Array.from({ length: count }, (_, at) => {
    const record = flatRecord(at + 1, options.decimals, options.divisor ?? 997);
    const data = options.text === undefined ? record : `${record.slice(0, -1)},"text":"${options.text}"}`;
    return `{"action":"upsert","sequence":${options.sequence(at)},"time_extracted":"2026-11-01T00:00:00Z","data":${data}}`;
  });
  return Buffer.from(
    `{"table_name":"customers","schema":${schema},"key_names":["id"],"messages":[${messages.join(',')}]}`,
  );
}

const long = (at: number) => `17954141810${String(10_000_000 + at)}`;
const bodies: Readonly<Record<string, Buffer>> = {
  'no long numbers': body({ sequence: String, decimals: 6 }),
  '19-digit sequences': body({ sequence: long, decimals: 6 }),
  '19-digit sequences, short decimals': body({ sequence: long, decimals: 6, divisor: 128 }),
  '19-digit sequences, 20-digit decimals': body({ sequence: long, decimals: 20 }),
  '19-digit sequences, texts of 1,500 characters': body({
    sequence: long,
    decimals: 6,
    text: 'It was a bright cold day in April. '.repeat(43),
  }),
  'the same, beyond Latin': body({ sequence: long, decimals: 6, text: 'Это был яркий день. '.repeat(75) }),
};

const utf8 = new TextDecoder('utf-8', { fatal: true });
const compileSchema = createSchemaCache({ maxCharacters: 1_000_000 });
const ways: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  'JSON.parse': (bytes) => JSON.parse(utf8.decode(bytes)),
  parseExactJson: (bytes) => parseExactJson(bytes, { list: 'messages', key: 'sequence' }),
  parseBatch: (bytes) => parseBatch(bytes, { onInvalid: 'refuse', compileSchema }),
};

/** In milliseconds. Its clock is coarse: several repeats are measured at a time. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
const repeats = 8;

const median = (times: readonly number[]): number =>
  times.toSorted((one, other) => one - other)[times.length >> 1]!;

for (const [name, bytes] of Object.entries(bodies)) {
  const times: Record<string, number[]> = {};
  for (let round = -3; round < rounds; round++) {
    for (const [way, run] of Object.entries(ways)) {
      const start = processorTime();
      for (let repeat = 0; repeat < repeats; repeat++) run(bytes);
      const time = (processorTime() - start) / repeats;
      if (round >= 0) times[way] = [...(times[way] ?? []), time];
    }
  }
  const plain = median(times['JSON.parse']!);
  const told = Object.entries(times).map(([way, all]) => {
    const time = median(all);
    return `${way} ${(bytes.length / time / 1_000).toFixed(0)} MB/s (${(plain / time).toFixed(2)})`;
  });
  console.log(`${name}, ${(bytes.length / 1e6).toFixed(2)} MB: ${told.join(', ')}`);
}
