import type { Finding } from '../../src/checks/findings.ts';
import * as duringChecks from '../../src/checks/findings.ts';
import type { Catalogue } from '../../src/destinations/finding.ts';
import { networkFindings } from '../../src/destinations/findings.ts';
import { mysqlFindings } from '../../src/destinations/mysql/findings.ts';
import { objectStoreFindings } from '../../src/destinations/object-storage/findings.ts';
import { postgresFindings } from '../../src/destinations/postgres/findings.ts';
import { generatedFrom, renderPage } from './markdown.ts';

/** What the sentences of findings are filled in with here. */
const endpoint = {
  who: 'The server',
  host: 'db.example.com',
  port: 5432,
  property: 'host',
  policy: 'private',
  egress: ['203.0.113.7'],
};
const ssh = {
  ...endpoint,
  who: 'The SSH server',
  host: 'bastion.example.com',
  port: 22,
  property: 'encryption_host',
};
const facts = {
  ...endpoint,
  endpoint,
  ssh,
  username: 'loader',
  role: 'loader',
  database: 'warehouse',
  publicKey: 'ssh-ed25519 AAAA…',
  encrypted: true,
  said: '…',
  seconds: 10,
  date: '2026-01-31',
  names: 'other.example.com',
  expected: 'SHA256:…',
  presented: 'SHA256:…',
  schemas: ['orders'],
  tables: [{ name: 'orders', owner: 'somebody' }],
  standby: false,
  encoding: 'SQL_ASCII',
  product: 'Amazon Redshift',
  type: 'redshift',
  version: '9.5',
};
/** What only MySQL is asked about. */
const mysqlFacts = {
  ...facts,
  port: 3306,
  account: "'loader'@'%'",
  product: 'MariaDB',
  version: '10.4.8',
  missing: ['CREATE', 'ALTER'],
  made: '`_backstitch_check_1700000000_0123456789ab`',
  statement: 'drop database `_backstitch_check_1700000000_0123456789ab`',
};

/** What only stores of files are asked about. */
const objectStoreFacts = {
  ...facts,
  bucket: 'lake',
  at: 'gateway.example.com:8082',
  region: 'us-east-1',
  from: 'form',
  key: 'stitch-challenge-file-…',
  endpoint: 'https://gateway.example.com:8082',
};

export function renderTroubleshooting(): string {
  return renderPage(
    generatedFrom('the findings of src/destinations/ and src/checks/'),
    '# Troubleshooting connection checks',
    [
      'A failed check ends with a finding: a code that stays the same, what happened, and what to do. They stand in the',
      'steps of a check (`GET /v4/destinations/{id}/checks`, or the 422 of a strict update). Hosts, names and numbers',
      'below are examples; `…` is what the server itself said.',
    ].join('\n'),
    '## On the way to a destination, whatever its type',
    ...renderCatalogue(networkFindings),
    '## PostgreSQL',
    ...renderCatalogue(postgresFindings),
    '## MySQL and MariaDB',
    ...renderCatalogue(mysqlFindings, mysqlFacts),
    '## Amazon S3 and other object stores',
    ...renderCatalogue(objectStoreFindings, objectStoreFacts),
    '## In the check itself',
    ...[
      duringChecks.deadlinePassed(30_000),
      duringChecks.typeUnavailable('redshift'),
      duringChecks.internalError('1.7.check.…'),
    ].map((finding) => renderFinding(finding)),
  );
}

const renderCatalogue = (catalogue: Catalogue, known: object = facts): readonly string[] =>
  Object.entries(catalogue).map(([code, { message, remedy, when }]) => {
    const given = (code.includes('ssh') ? { ...facts, ...ssh } : known) as never;
    return renderFinding({ code, message: message(given), remedy: remedy(given) }, when);
  });

const renderFinding = ({ code, message, remedy }: Finding, when?: string): string =>
  [
    `### \`${code}\``,
    ...(when === undefined ? [] : [when]),
    `> ${message}`,
    `**What to do:** ${remedy}`,
  ].join('\n\n');
