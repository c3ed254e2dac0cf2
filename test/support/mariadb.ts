import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import mysql from 'mysql2/promise';
import { freePort, until } from './embedded-postgres.ts';

/** A real MariaDB server of a test's own on a free port of loopback; the administrator is `root` without a password. */
export interface TestMariadb extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Runs one statement as the administrator. */
  admin(sql: string): Promise<Record<string, unknown>[]>;
  /** A user of a random name with exactly these grants: `ALL PRIVILEGES ON *.*`. */
  addUser(...grants: readonly string[]): Promise<{ readonly username: string; readonly password: string }>;
  /** SIGKILL is a crash, SIGSTOP a hang. */
  kill(signal: NodeJS.Signals): void;
  /** Starts it again after a crash. */
  restart(): Promise<void>;
}

export interface TestMariadbOptions {
  /** `{ local_infile: 'OFF' }` */
  readonly settings?: Readonly<Record<string, string>>;
  /** Files put into its folder; `{folder}` in a setting stands for that folder. */
  readonly files?: Readonly<Record<string, string>>;
}

export async function startMariadb(options: TestMariadbOptions = {}): Promise<TestMariadb> {
  const server = program('mariadbd', '/usr/sbin/mariadbd');
  const install = program('mariadb-install-db', '/usr/bin/mariadb-install-db');
  const folder = mkdtempSync(path.join(tmpdir(), 'backstitch-mariadb-'));
  const data = path.join(folder, 'data');
  mkdirSync(data);
  const owner = unprivilegedOwner();
  for (const [name, text] of Object.entries(options.files ?? {})) {
    const file = path.join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (owner) chownSync(file, owner.uid, owner.gid);
  }
  if (owner) for (const each of [folder, data]) chownSync(each, owner.uid, owner.gid);
  const run = { ...owner, cwd: folder, env: { PATH: process.env.PATH, TZ: 'UTC', HOME: folder } };
  execFileSync(
    install,
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { ...run, stdio: 'pipe' },
  );

  const port = await freePort();
  const settings = Object.entries({
    datadir: data,
    port: String(port),
    bind_address: '127.0.0.1',
    socket: path.join(folder, 's.sock'),
    pid_file: path.join(folder, 'pid'),
    innodb_flush_log_at_trx_commit: '0',
    skip_name_resolve: 'ON',
    ...options.settings,
  }).map(([name, value]) => `--${name.replaceAll('_', '-')}=${value.replaceAll('{folder}', folder)}`);

  async function admin(sql: string): Promise<Record<string, unknown>[]> {
    const client = await mysql.createConnection({
      host: '127.0.0.1',
      port,
      user: 'root',
      charset: 'utf8mb4_bin',
      supportBigNumbers: true,
      dateStrings: true,
      jsonStrings: true,
    });
    try {
      const [rows] = await client.query(sql);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    } finally {
      await client.end();
    }
  }

  async function start() {
    const child = spawn(server, ['--no-defaults', ...settings], {
      ...run,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (log = (log + chunk).slice(-8000)));
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`mariadbd did not start:\n${log}`);
      await admin('select 1');
    }, 30_000);
    return child;
  }

  let child = await start();
  const stopWithParent = () => child.kill('SIGKILL');
  process.once('exit', stopWithParent);
  return {
    host: '127.0.0.1',
    port,
    admin,
    async addUser(...grants) {
      const username = `u_${randomBytes(4).toString('hex')}`;
      const password = randomBytes(9).toString('hex');
      await admin(`create user '${username}'@'%' identified by '${password}'`);
      for (const grant of grants) await admin(`grant ${grant} to '${username}'@'%'`);
      return { username, password };
    },
    kill: (signal) => void child.kill(signal),
    async restart() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      child = await start();
    },
    async [Symbol.asyncDispose]() {
      process.removeListener('exit', stopWithParent);
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function program(name: string, usual: string): string {
  const found = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
  if (found) return found;
  if (existsSync(usual)) return usual;
  throw new Error(
    `${name} is not installed: the tests of MySQL need a MariaDB server (Debian: apt-get install mariadb-server).`,
  );
}

/** MariaDB refuses to run as root: then it runs as `mysql`, or as `nobody`. */
function unprivilegedOwner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line =
    lines.find((entry) => entry.startsWith('mysql:')) ?? lines.find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = (line ?? 'nobody:x:65534:65534').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}
