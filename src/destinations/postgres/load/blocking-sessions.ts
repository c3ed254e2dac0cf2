import { printable } from '../../../network/printable.ts';
import { LoadFailure } from '../../session.ts';
import { quoteQualified } from '../quote.ts';
import type { PostgresSession } from '../session.ts';

/** A lock was not given up in time: says who holds one on the tables of this load, and for how long. */
export async function lockFailure(options: {
  readonly session: PostgresSession;
  readonly schema: string;
  readonly table: string;
  readonly cause: unknown;
  readonly signal: AbortSignal;
}): Promise<LoadFailure> {
  const { session, schema, table, cause, signal } = options;
  await session.query('rollback', [], signal);
  const holders = await session.query<Holder>(
    `select a.pid, a.usename::text as role, a.application_name as application, a.state,
       extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.query_start))::integer as seconds,
       string_agg(distinct c.relname::text, ', ') as tables
     from pg_locks l join pg_class c on c.oid = l.relation join pg_stat_activity a on a.pid = l.pid
     where l.granted and l.pid <> pg_backend_pid() and l.database = (select oid from pg_database where datname = current_database())
       and c.relnamespace = (select oid from pg_namespace where nspname::text = $1)
       and (c.relname::text = $2 or left(c.relname::text, char_length($2::text) + 2) = $2 || '__')
     group by a.pid, a.usename, a.application_name, a.state, a.xact_start, a.query_start
     order by seconds desc nulls last limit 3`,
    [schema, table],
    signal,
  );
  const name = quoteQualified(schema, table === '' ? '?' : table);
  const said = holders.map(describe).join('; ');
  return new LoadFailure(
    'passing',
    `Another session holds a lock on ${name}${said === '' ? ', and has given it up since' : `: ${said}`}.`,
    {
      remedy:
        holders.length === 0
          ? 'Nothing has to be done: the load is repeated.'
          : `The load is repeated until the lock is free. To free it now: SELECT pg_terminate_backend(${holders[0]!.pid});`,
      code: '55P03',
      cause,
    },
  );
}

interface Holder {
  readonly pid: number;
  readonly role: string | null;
  readonly application: string;
  readonly state: string | null;
  readonly seconds: number | null;
  readonly tables: string;
}

const describe = ({ pid, role, application, state, seconds, tables }: Holder): string =>
  [
    `session ${pid}`,
    role === null ? '' : ` of ${printable(role, 63)}`,
    application === '' ? '' : ` (${printable(application, 63)})`,
    seconds === null ? '' : `, ${state ?? 'busy'} for ${seconds} seconds`,
    ` on ${printable(tables, 200)}`,
  ].join('');
