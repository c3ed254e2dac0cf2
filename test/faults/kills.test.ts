import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { flawless, judge } from '../loading/oracle.ts';
import { startPostgres, until } from '../support/embedded-postgres.ts';
import { type FaultSource, openFaultRoom } from './fault-room.ts';
import { type Moment, startMomentProxy } from './moment-proxy.ts';
import { acceptedTables, type Senders, startSenders } from './senders.ts';

/** More on demand: `BACKSTITCH_KILLS=200`. */
const kills = Number(process.env.BACKSTITCH_KILLS ?? 20);

/** Who is killed, and where. Of the moments around commits all occur, as often as those by chance. */
type Kill =
  | { readonly victim: 'server'; readonly at: 'store before commit' | 'store after commit' | 'any' }
  | { readonly victim: 'server' | 'warehouse'; readonly at: Moment }
  | { readonly victim: 'warehouse'; readonly at: 'any' };

const every: readonly Kill[] = [
  { victim: 'server', at: 'before' },
  { victim: 'server', at: 'answered' },
  { victim: 'warehouse', at: 'sent' },
  { victim: 'server', at: 'store after commit' },
  { victim: 'server', at: 'sent' },
  { victim: 'warehouse', at: 'any' },
  { victim: 'server', at: 'any' },
  { victim: 'server', at: 'told' },
  { victim: 'warehouse', at: 'answered' },
  { victim: 'server', at: 'store before commit' },
];

/** What ends a load in the warehouse: the last statement of its transaction, or the one that is all of it. */
const commits = /(^|; )commit$|^with taken as/;
/** How long a named moment may take to come; then the kill is one by chance. */
const patience = 5_000;

const preload = [new URL('die-at-commit.mjs', import.meta.url)];

test(`what was accepted is loaded exactly once, whoever is killed at whatever moment (${kills} kills)`, {
  timeout: 90_000 + kills * 10_000,
}, async () => {
  await using postgres = await startPostgres();
  await using proxy = await startMomentProxy(postgres.port);
  await using room = await openFaultRoom({ preload });
  await room.addDestination({ ...postgres, database: 'postgres', port: proxy.port });

  async function killOne(turn: number): Promise<void> {
    const { victim, at } = every[turn % every.length] as Kill;
    const met = Promise.withResolvers<void>();
    const kill = () => {
      if (victim === 'server') room.server.signal('SIGKILL');
      else postgres.kill(turn % 2 === 0 ? 'SIGKILL' : 'SIGQUIT');
      met.resolve();
    };
    const late = setTimeout(kill, at === 'any' ? Math.random() * 700 : patience);
    if (at === 'store before commit' || at === 'store after commit') {
      const point = path.join(room.data, 'die-at-commit');
      writeFileSync(point, at === 'store before commit' ? 'before' : 'after');
      await room.server.ended;
      rmSync(point);
    } else {
      if (at !== 'any') proxy.watch(commits, at, kill, Math.floor(Math.random() * 6));
      await met.promise;
      proxy.forget();
    }
    clearTimeout(late);
    if (victim === 'server') await room.start();
    else await postgres.restart();
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
  await room.drained(60_000 + kills * 2_000);

  for (const { source, senders } of rounds) {
    // First, since it tells most: nothing that was sent may be rejected.
    const rejected = postgres.query(`select * from "${source.name}"._sdc_rejected`);
    expect(await rejected.catch(() => [])).toEqual([]);
    expect(await judge(senders.log, source.name, postgres)).toEqual(flawless);
  }
});
