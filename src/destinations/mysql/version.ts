import { StepFailure } from '../finding.ts';
import type { StepScope } from '../steps.ts';
import { mysqlFinding, type SessionFacts } from './findings.ts';
import { quoteLiteral } from './quote.ts';
import type { MysqlSession } from './session.ts';

/** What the server is and can do. */
export interface ServerFacts extends SessionFacts {
  readonly isMaria: boolean;
  /** Bytes of a key keep their case, their accents and their spaces in columns of this collation. */
  readonly keyCollation: string;
  /** Takes LOAD DATA LOCAL. */
  readonly localInfile: boolean;
  /** Longest statement, in bytes. */
  readonly packetBytes: number;
  /** Older servers rename columns by describing them anew. */
  readonly renamesColumns: boolean;
}

/** Oldest versions: refused below the first, warned about below the second. */
const oldest = { mysql: [507, 800], maria: [1005, 1006] } as const;

/** The step `version`: is it a server that loading can use, and may it be written to? Says who we are there. */
export async function checkVersion(
  session: MysqlSession,
  { signal, passed, warn }: StepScope,
): Promise<ServerFacts> {
  const { facts, version, number, readOnly } = await readServer(session, signal);
  const product = facts.isMaria ? 'MariaDB' : 'MySQL';
  const [least, tested] = oldest[facts.isMaria ? 'maria' : 'mysql'];
  if (number < least) throw new StepFailure(mysqlFinding('version_too_old', { product, version }));
  if (readOnly) throw new StepFailure(mysqlFinding('read_only_server', { said: '' }));
  passed(`${product} ${version}.`);
  if (number < tested) warn(mysqlFinding('version_best_effort', { product, version }));
  if (!facts.localInfile) warn(mysqlFinding('local_infile_off', {}));
  if (!/nopad|0900/.test(facts.keyCollation)) warn(mysqlFinding('keys_pad_spaces', {}));
  return facts;
}

/** Best first; the last is on every server. */
const keyCollations = ['utf8mb4_0900_bin', 'utf8mb4_nopad_bin', 'utf8mb4_bin'];

/** Asks the server what it is. */
export async function readServer(
  session: MysqlSession,
  signal: AbortSignal,
): Promise<{ facts: ServerFacts; version: string; number: number; readOnly: boolean }> {
  const [row] = await session.query(
    `select version() as version, current_user() as account, @@global.read_only as read_only,
       @@global.local_infile as local_infile, @@session.max_allowed_packet as packet_bytes,
       (select group_concat(collation_name) from information_schema.collations
        where collation_name in (${keyCollations.map(quoteLiteral).join(', ')})) as collations`,
    signal,
  );
  const said = row?.version ?? '';
  const isMaria = /mariadb/i.test(said);
  const version = /^\d+(\.\d+)*/.exec(said)?.[0] ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const number = major * 100 + minor;
  const collations = (row?.collations ?? '').split(',');
  const account = row?.account ?? '';
  const at = account.lastIndexOf('@');
  return {
    version,
    number,
    readOnly: row?.read_only === '1',
    facts: {
      isMaria,
      account: `${quoteLiteral(account.slice(0, at))}@${quoteLiteral(account.slice(at + 1))}`,
      keyCollation: keyCollations.find((name) => collations.includes(name)) ?? keyCollations.at(-1)!,
      localInfile: row?.local_infile === '1',
      packetBytes: Number(row?.packet_bytes ?? 1_048_576),
      renamesColumns: number >= (isMaria ? 1005 : 800),
    },
  };
}
