import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cli } from '../../src/cli/cli.ts';
import { createProgram } from '../../src/cli/program.ts';
import {
  type CommandSession,
  createCommandSession,
  type SessionOptions,
} from '../support/command-session.ts';
import { freePort } from '../support/embedded-postgres.ts';
import { connected } from '../support/http-destinations.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/**
 * What people see at the terminal: the help of every command, and what is said when something is wrong. After a change
 * of a text, `npm test -- test/cli/session -u` writes the two documents anew; read what has changed in them.
 */

let session: CommandSession;
let server: TestServer;
/** Nobody listens there. */
let silentPort: number;
beforeAll(async () => {
  session = createCommandSession();
  silentPort = await freePort();
  server = await startTestServer({ types: [connected('postgres')] });
  await session.install('token-of-the-session-tests-0123456789');
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** A part of a document: the command line, what it wrote, and its exit code where that is not 0. */
async function record(line: string, options: SessionOptions = {}): Promise<string> {
  const { code, screen } = await session.run(splitLine(line), options);
  const variables = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value} `);
  const exit = code === 0 ? '' : `[exit code ${code}]\n`;
  return `$ ${variables.join('')}backstitch ${line}\n${screen}${exit}`
    .replaceAll(server.origin, 'https://backstitch.example.com')
    .replaceAll(server.visitor.token, 'ac_a-right-token')
    .replaceAll(session.home, '/home/user')
    .replaceAll(String(silentPort), '8080')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-01-31T12:00:00Z');
}

/** As a shell does, for what stands here: words, some of them in quotes. */
const splitLine = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);

const pathsOf = (command: Command, path: string): string[] => [
  path,
  ...command.commands.flatMap((child) => pathsOf(child, `${path} ${child.name()}`.trim())),
];

test('the help of every command', async () => {
  const program = createProgram({ version: '1.2.3', terminal: {} } as Cli);
  const [first = '', ...others] = await Promise.all(
    pathsOf(program, '').map((path) => record(`${path} --help`.trim())),
  );
  const [, exitCodes = ''] = first.split(/(?=\nExit codes:)/);
  const [, globalOptions = ''] = /(\nGlobal Options:\n(?:.+\n)+)/.exec(others[0] ?? '') ?? [];
  for (const help of others) {
    expect(help).toContain(exitCodes);
    expect(help.replace(/\s+/g, ' ')).toContain('--data <folder> data folder');
  }
  const short = others.map((help) => help.replace(exitCodes, '').replace(/\nGlobal Options:\n(?:.+\n)+/, ''));
  const tail = `Every help also ends with these:\n${globalOptions}${exitCodes}`;
  await expect([first, tail, ...short].join('\n')).toMatchFileSnapshot('session-help.txt');
});

test('what is said when something is wrong', async () => {
  const elsewhere = { BACKSTITCH_SERVER: server.origin, BACKSTITCH_TOKEN: server.visitor.token };
  const made = await session.json<{ id: number }>(
    [
      'destinations',
      'add',
      '--type',
      'postgres',
      '--no-check',
      'host=db',
      'port=1',
      'username=u',
      'database=d',
      'ssl=false',
      'password=-',
    ],
    { input: 'x', env: elsewhere },
  );
  writeFileSync(path.join(session.home, 'empty'), '');
  const parts: [title: string, records: [line: string, options?: SessionOptions][]][] = [
    [
      'Wrong command lines',
      [
        ['destination list'],
        ['destinations lst'],
        ['destinations'],
        ['destinations show'],
        ['destinations show twelve'],
        ['destinations show 1 2'],
        ['destinations list --jsn'],
        ['destinations list --json --jsn'],
        ['destinations history 1 --limit 1000'],
        ['destinations set 1'],
        ['destinations set 1 host=a --unset host'],
        ['destinations set 1 host=a --strict --no-check'],
        ['sources batches 1 --state stuck'],
        ['sources replay 1 1 --since yesterday'],
        ['completion tcsh'],
        ['accounts create'],
      ],
    ],
    [
      'Secrets',
      [
        ['destinations add --type postgres password=hunter2'],
        ['destinations set 1 password=hunter2'],
        ['destinations set 1 hunter2'],
        ['destinations set password=hunter2'],
        ['destinations set 1 --password=hunter2'],
        ['destinations set 1 --json --password=hunter2'],
        ['login hunter2'],
        ['destinations set 1 password=- sslrootcert=-'],
        ['destinations set 1 password=@/nowhere/password.txt', { env: elsewhere }],
        ['login --token hunter2'],
        [`login --token-file ${path.join(session.home, 'empty')}`],
      ],
    ],
    [
      'Nobody at the terminal',
      [
        ['login'],
        ['destinations add', { env: elsewhere }],
        [`destinations set ${made.id} password`, { env: elsewhere }],
        [`destinations delete ${made.id}`, { env: elsewhere }],
        [`destinations delete ${made.id}`, { env: elsewhere, answers: ['no'] }],
        [`destinations accept-host-key ${made.id}`, { env: elsewhere }],
      ],
    ],
    [
      'Servers',
      [
        ['destinations list --server backstitch.example.com'],
        ['destinations list --server https://backstitch.example.com'],
        ['destinations list --account 1 --token-file token'],
        [
          'destinations list',
          {
            env: {
              BACKSTITCH_SERVER: `http://127.0.0.1:${silentPort}`,
              BACKSTITCH_TOKEN: 'a-token-of-somebody',
            },
          },
        ],
        ['destinations list', { env: { BACKSTITCH_SERVER: server.origin } }],
        ['destinations list', { env: { ...elsewhere, BACKSTITCH_TOKEN: 'a-token-of-somebody' } }],
        ['destinations list --json', { env: { ...elsewhere, BACKSTITCH_TOKEN: 'a-token-of-somebody' } }],
        ['destinations list', { env: { BACKSTITCH_DATA: '/nowhere' } }],
        ['destinations list --account 7'],
        ['destinations list --account 7 --server https://backstitch.example.com'],
        [
          'loads --follow --json',
          {
            env: {
              BACKSTITCH_SERVER: `http://127.0.0.1:${silentPort}`,
              BACKSTITCH_TOKEN: 'a-token-of-somebody',
            },
          },
        ],
        ['login --show'],
        ['logout'],
      ],
    ],
    [
      'What is not there, or cannot be',
      [
        ['destinations show 99', { env: elsewhere }],
        ['destinations show 99'],
        ['destinations check 99 --json'],
        ['destinations add --type postgress'],
        ['destinations add --type snowflake'],
        ['destinations add --type postgres host=db colour=blue password=-', { input: 'x' }],
        [`destinations set ${made.id} port=many`, { env: elsewhere }],
        [`destinations set ${made.id} host=db2 --if-revision 7`, { env: elsewhere }],
        ['sources show 99'],
        ['sources discard 99 0f3c5a7b9d1e4f60 --yes'],
        ['rejected list 99'],
        ['rejected download 99'],
        ['import nowhere.jsonl --table orders --source 99'],
        ['plan nowhere.yaml'],
      ],
    ],
    [
      'What is there',
      [
        ['destinations list', { env: elsewhere }],
        ['destinations list'],
        ['sources list'],
        ['loads'],
        ['rejected list'],
        ['destinations types mysql_destination'],
        [`destinations show ${made.id}`, { env: elsewhere }],
        [`destinations check ${made.id}`, { env: elsewhere }],
        [`destinations accept-host-key ${made.id} --yes`, { env: elsewhere }],
        [`destinations history ${made.id}`, { env: elsewhere }],
      ],
    ],
  ];
  const written: string[] = [];
  for (const [title, records] of parts) {
    written.push(`# ${title}\n`);
    for (const one of records) written.push(await record(...one));
  }
  const document = written.join('\n');
  expect(document).not.toContain('This should not happen');
  // What people typed where it does not belong is on the lines that they typed alone.
  expect(document.replace(/^\$ .*$/gm, '')).not.toContain('hunter2');
  await expect(document).toMatchFileSnapshot('session-errors.txt');
});

test('bash completes commands and options', async () => {
  const { out } = await session.run(['completion', 'bash']);
  const complete = (line: string): string[] => {
    const words = line.split(' ');
    const script = `${out}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}; _backstitch; echo "\${COMPREPLY[*]}"`;
    return spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim().split(' ');
  };
  expect(complete('backstitch dest')).toEqual(['destinations']);
  expect(complete('backstitch --data x rejected ')).toEqual(
    expect.arrayContaining(['list', 'download', 'retry']),
  );
  expect(complete('backstitch destinations add --st')).toEqual(['--strict', '--store-file']);
  expect(complete('backstitch destinations create')).toEqual(['']);
});
