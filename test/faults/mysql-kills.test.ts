import { expect, test } from 'vitest';
import { flawless, judge, type OracleWarehouse } from '../loading/oracle.ts';
import { until } from '../support/embedded-postgres.ts';
import { startMariadb, type TestMariadb } from '../support/mariadb.ts';
import { type FaultSource, openFaultRoom } from './fault-room.ts';
import type { Moment } from './moment-proxy.ts';
import { startMysqlMomentProxy } from './mysql-moment-proxy.ts';
import { acceptedTables, type Senders, startSenders } from './senders.ts';

/** More on demand: `BACKSTITCH_KILLS=200`. */
const kills = Number(process.env.BACKSTITCH_KILLS ?? 6);

const every: readonly { readonly victim: 'server' | 'warehouse'; readonly at: Moment | 'any' }[] = [
  { victim: 'server', at: 'answered' },
  { victim: 'warehouse', at: 'sent' },
  { victim: 'server', at: 'sent' },
  { victim: 'warehouse', at: 'answered' },
  { victim: 'server', at: 'any' },
  { victim: 'warehouse', at: 'any' },
  { victim: 'server', at: 'before' },
  { victim: 'warehouse', at: 'before' },
  { victim: 'server', at: 'told' },
  { victim: 'warehouse', at: 'told' },
];

/** How long a named moment may take to come; then the kill is one by chance. */
const patience = 5_000;

test(`what was accepted stands in MySQL exactly once, whoever is killed at whatever moment (${kills} kills)`, {
  timeout: 90_000 + kills * 10_000,
}, async () => {
  // What it has committed must outlive it.
  await using mariadb = await startMariadb({ settings: { innodb_flush_log_at_trx_commit: '1' } });
  const user = await mariadb.addUser('all privileges on *.*');
  await using proxy = await startMysqlMomentProxy(mariadb.port);
  await using room = await openFaultRoom();
  const { username, password } = user;
  await room.addDestination({
    type: 'mysql_destination',
    host: mariadb.host,
    port: proxy.port,
    user: username,
    password,
  });

  async function killOne(turn: number): Promise<void> {
    const { victim, at } = every[turn % every.length]!;
    const met = Promise.withResolvers<void>();
    const kill = () => {
      if (victim === 'server') room.server.signal('SIGKILL');
      else mariadb.kill('SIGKILL');
      met.resolve();
    };
    const late = setTimeout(kill, at === 'any' ? Math.random() * 700 : patience);
    if (at !== 'any') proxy.watch(at, kill, Math.floor(Math.random() * 6));
    await met.promise;
    proxy.forget();
    clearTimeout(late);
    if (victim === 'server') await room.start();
    else await mariadb.restart();
  }

  const rounds: { source: FaultSource; senders: Senders }[] = [];
  for (let turn = 0; turn < kills; ) {
    // Tables of their own for each two kills: after those, their loads are under suspicion and wait.
    const source = await room.addSource();
    const senders = startSenders(room, source);
    rounds.push({ source, senders });
    for (let times = 0; times < 2 && turn < kills; times += 1, turn += 1) await killOne(turn);
    // However early the kills came, there is something of each table to look for.
    await until(() => expect(acceptedTables(senders)).toBe(4));
    await senders.stop();
  }
  await room.drained(60_000);

  for (const { source, senders } of rounds) {
    expect(await judge(senders.log, source.name, warehouseOf(mariadb))).toEqual(flawless);
  }
});

/** What stands in MySQL, where the items of a record are in its row. */
const warehouseOf = ({ admin }: TestMariadb): OracleWarehouse => {
  const rowsOf = async (schema: string, table: string, more = '') =>
    (await admin(
      `select id, value, _sdc_sequence as sequence, _sdc_table_version as version${more} from \`${schema}\`.${table}`,
    )) as unknown as {
      id: number;
      value: string;
      sequence: number;
      version: number;
      items?: string | null;
    }[];
  return {
    rows: (schema, table) => rowsOf(schema, table),
    items: async (schema) =>
      (await rowsOf(schema, 'nested', ', items')).flatMap(({ id, sequence, items }) =>
        (JSON.parse(items ?? '[]') as number[]).map((n) => ({ id, n, sequence })),
      ),
  };
};
