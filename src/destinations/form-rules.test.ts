import { describe, expect, test } from 'vitest';
import type { Properties } from '../model/form.ts';
import type { DestinationType } from './destination.ts';
import { findType } from './registry.ts';

/** Reasons by property name that the rules of a type give for a candidate. */
function judge(
  type: string,
  candidate: Properties,
  changed = Object.keys(candidate),
): Record<string, string> {
  const { form } = findType(type) as DestinationType;
  const bad = form.rules.flatMap((rule) => rule({ candidate, changed: new Set(changed) }));
  return Object.fromEntries(bad.map(({ name, why }) => [name, why]));
}

const plain = {
  host: 'db.example.com',
  port: '5432',
  username: 'loader',
  database: 'warehouse',
  encryption_type: 'none',
  ssl: 'true',
};

/** Self-signed; its key was never kept. Rules look at the form of a certificate, not at its dates. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBhDCCASmgAwIBAgIUX9dtFQAtUN+9j84pF9yrFmcXo58wCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMdGVzdC5leGFtcGxlMB4XDTI2MTEyMzA5MzAyNFoXDTM2MTEy
MDA5MzAyNFowFzEVMBMGA1UEAwwMdGVzdC5leGFtcGxlMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAE4sjPc/5TgTRCyJ9bum/EhChWZChvx1m81dGejg9WXVtTlCCd
6tcAKO29gSxsyejBvMw0VdJpfDIlXzN37sRUx6NTMFEwHQYDVR0OBBYEFHrP3qbd
YtErPRzoU0IJ6gBhvxglMB8GA1UdIwQYMBaAFHrP3qbdYtErPRzoU0IJ6gBhvxgl
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAOiLKTjsMDgCsTyY
v+ZYkUfvhnLrNJfiBLx8q3gPKMMiAiEA5CY+K75n5lQv0XkCrOjM5nIi3EP35MFN
QC2LPSpnA68=
-----END CERTIFICATE-----`;

describe('a host', () => {
  test.each([
    'db.example.com',
    'db',
    'my_db.internal',
    '10.0.0.1',
    '::1',
    '[2001:db8::1]',
    'xn--bcher-kva.example',
    'bücher.example',
    'ends-with-a-dot.example.',
  ])('may be %s', (host) => {
    expect(judge('postgres', { ...plain, host })).toEqual({});
  });

  test.each([
    ['postgres://db.example.com', 'without postgres://'],
    ['jdbc:postgresql://db/x', 'without jdbc:postgresql://'],
    ['//db.example.com', 'without //'],
    ['db.example.com:5432', 'the port is a property of its own'],
    ['loader:canary@db.example.com', 'without a user or password'],
    ['postgres://loader:canary@db.example.com', 'without postgres://'],
    ['db.example.com/warehouse', 'without a path'],
    ['db example com', 'no spaces'],
    ['256.1.1.1', 'looks like an IPv4 address but is none'],
    ['db..example.com', 'a part between two dots'],
    [`${'a.'.repeat(130)}com`, 'is empty or too long'],
  ])('is not %j', (host, why) => {
    const bad = judge('postgres', { ...plain, host });
    expect(bad.host).toContain(why);
    expect(bad.host).not.toContain('canary');
  });
});

test.each(['1', '22', '65535'])('%s is a port', (port) => {
  expect(judge('postgres', { ...plain, port })).toEqual({});
});

test.each(['0', '65536', '05432', '123456789012345678901'])('%s is no port', (port) => {
  expect(Object.keys(judge('postgres', { ...plain, port }))).toEqual(['port']);
});

describe('an SSH tunnel', () => {
  const ssh = {
    encryption_type: 'ssh',
    encryption_host: 'bastion.example.com',
    encryption_port: '22',
    encryption_username: 'tunnel',
  };

  test('needs its host, port and user', () => {
    expect(Object.keys(judge('postgres', { ...plain, encryption_type: 'ssh' })).sort()).toEqual([
      'encryption_host',
      'encryption_port',
      'encryption_username',
    ]);
    expect(judge('postgres', { ...plain, ...ssh })).toEqual({});
  });

  test('is held to the rules of hosts and ports', () => {
    const bad = judge('redshift', { ...plain, ...ssh, encryption_host: 'ssh://b', encryption_port: '0' });
    expect(Object.keys(bad).sort()).toEqual(['encryption_host', 'encryption_port']);
  });

  test('that is not used loses its details', () => {
    const { form } = findType('postgres') as DestinationType;
    expect(form.meaningless?.({ ...plain, ...ssh, encryption_type: 'none' })).toEqual([
      'encryption_host',
      'encryption_port',
      'encryption_username',
    ]);
    expect(form.meaningless?.({ ...plain, ...ssh })).toEqual([]);
  });

  test('of Databricks obeys the same rules', () => {
    const staging_area = { scheme: 's3', bucket_name: 'staging' };
    const config = (ssh_host: string, ssh_port: string) => ({
      staging_area,
      ssh_config: { ssh: 'true', ssh_user: 'tunnel', ssh_host, ssh_port },
    });
    expect(judge('databricks_delta', config('bastion', '22'))).toEqual({});
    expect(judge('databricks_delta', config('ssh://bastion', '22')).ssh_config).toContain('ssh_host');
    expect(judge('databricks_delta', config('bastion', '99999')).ssh_config).toContain('ssh_port');
  });
});

describe('sslrootcert', () => {
  const privateKey = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----';

  test('must hold certificates and nothing secret', () => {
    for (const sslrootcert of [
      'x',
      certificate.replace('MIIBhDCC', 'AAAAAAAA'),
      `${certificate}\n${privateKey}`,
    ])
      expect(judge('postgres', { ...plain, sslrootcert }).sslrootcert).toBeTypeOf('string');
  });

  test('cannot be set while ssl is false, but one that is stored stays', () => {
    const candidate = { ...plain, ssl: 'false', sslrootcert: certificate };
    expect(judge('postgres', candidate, ['sslrootcert']).sslrootcert).toContain('ssl is false');
    expect(judge('postgres', candidate, ['ssl'])).toEqual({});
    expect(judge('postgres', { ...candidate, ssl: 'true' })).toEqual({});
  });
});

describe('s3_key_format_string', () => {
  const required = '[integration_name]/[table_name]/[table_version]_[timestamp_loaded].csv';
  const file = { s3_bucket: 'my-bucket', output_file_format: 'csv' };
  const why = (s3_key_format_string: string) =>
    judge('s3', { ...file, s3_key_format_string }).s3_key_format_string;

  test('takes all required elements and the dates', () => {
    expect(why(required)).toBeUndefined();
    expect(why(`[year_loaded]/[month_loaded]/${required}`)).toBeUndefined();
  });

  test('names the elements that are missing', () => {
    expect(why('[integration_name]/[table_name].csv')).toContain('[table_version], [timestamp_loaded]');
  });

  test.each([
    `../${required}`,
    `a/../${required}`,
    `/${required}`,
    `./${required}`,
    `[integration_name]..${required}`,
  ])('%s leads out of its folder', (format) => expect(why(format)).toContain('no dots'));

  test('knows no other elements', () => {
    expect(why(`[minute_loaded]/${required}`)).toContain('Only these elements');
  });
});

test.each([',', '|', '\t', '\\t'])('csv_delimiter may be %j', (csv_delimiter) => {
  expect(judge('s3', { csv_delimiter })).toEqual({});
});

test('csv_delimiter may be nothing else', () => {
  expect(Object.keys(judge('s3', { csv_delimiter: ';' }))).toEqual(['csv_delimiter']);
});

test('a bucket is a name, not a URL', () => {
  expect(Object.keys(judge('s3', { s3_bucket: 's3://my-bucket/path' }))).toEqual(['s3_bucket']);
});

test('the endpoint of StorageGRID is a host or a bare URL', () => {
  for (const endpoint of ['grid.example.com', 'https://grid.example.com', 'https://grid.example.com/'])
    expect(judge('storagegrid', { endpoint })).toEqual({});
  for (const endpoint of ['https://user:secret@grid', 'ftp://grid', 'https://grid/path'])
    expect(Object.keys(judge('storagegrid', { endpoint }))).toEqual(['endpoint']);
});
