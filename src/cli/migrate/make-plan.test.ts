import { describe, expect, test } from 'vitest';
import type { Account } from '../../model/account.ts';
import type { Destination } from '../../model/destination.ts';
import type { Source } from '../../model/source.ts';
import { makePlan } from './make-plan.ts';
import type { OriginalAccount, OriginalDestination, OriginalSource } from './original-account.ts';
import { isDone } from './plan.ts';
import type { StateHere } from './state-here.ts';

const aDestination = (changes: Partial<OriginalDestination> = {}): OriginalDestination => ({
  id: 155_582,
  type: 'postgres',
  name: 'Staging',
  description: null,
  properties: { host: 'db.example.com', port: '5432', database: 'd', username: 'u', ssl: 'true' },
  credentials: ['password'],
  isPaused: false,
  ...changes,
});
const aSource = (changes: Partial<OriginalSource> = {}): OriginalSource => ({
  id: 119_945,
  type: 'import_api',
  name: 'shop',
  displayName: 'Shop',
  properties: {},
  destinationId: 155_582,
  isPaused: false,
  tokens: 0,
  ...changes,
});
const anOriginal = (changes: Partial<OriginalAccount> = {}): OriginalAccount => ({
  clientId: 7,
  destinations: [aDestination()],
  sources: [aSource()],
  deleted: 0,
  ...changes,
});
const here = (changes: Partial<StateHere> = {}): StateHere => ({
  account: { id: 7, sshPublicKey: 'ssh-ed25519 AAAA' } as Account,
  destinations: [],
  sources: [],
  takenDestinations: new Set(),
  takenSources: new Set(),
  ...changes,
});
const destinationHere = (changes: Partial<Destination> = {}) =>
  ({ id: 155_582, type: 'postgres', name: 'Staging', ...changes }) as Destination;
const sourceHere = (changes: Partial<Source> = {}) =>
  ({ id: 119_945, name: 'shop', destinationId: 155_582, ...changes }) as Source;
const plan = (original: Partial<OriginalAccount>, state: Partial<StateHere> = {}, newIds = false) =>
  makePlan(anOriginal(original), here(state), { newIds });

describe('a destination', () => {
  test('is created with its id, its properties, and the credentials that have to be given', () => {
    const { destinations, notes } = plan({});
    expect(destinations).toMatchObject([
      {
        fate: 'create',
        here: 155_582,
        properties: { port: '5432' },
        secrets: [{ name: 'password' }],
        notes: [],
      },
    ]);
    expect(notes.join()).not.toContain('authorized_keys');
  });

  test('behind a bastion needs the key of the account here first', () => {
    const properties = {
      ...aDestination().properties,
      encryption_type: 'ssh',
      encryption_host: 'bastion.example.com',
      encryption_port: '22',
      encryption_username: 'stitch',
    };
    const { destinations, notes } = plan({ destinations: [aDestination({ properties })] });
    expect(destinations[0]!.notes.join()).toContain('authorized_keys of bastion.example.com');
    expect(notes).toContain('For authorized_keys: ssh-ed25519 AAAA');
  });

  test('in a bucket is asked for its challenge file, which stands there already', () => {
    const properties = {
      s3_bucket: 'my-bucket',
      output_file_format: 'csv',
      s3_key_format_string: '[integration_name]/[table_name]/[table_version]_[timestamp_loaded].csv',
    };
    const { destinations } = plan({
      destinations: [aDestination({ type: 's3', properties, credentials: [] })],
    });
    expect(destinations).toMatchObject([{ fate: 'create', secrets: [{ name: 'sentinel_key' }] }]);
  });

  test('cannot move with settings that are none here, and says which', () => {
    const properties = { ...aDestination().properties, port: 'many' };
    const { destinations, sources } = plan({ destinations: [aDestination({ properties })] });
    expect(destinations).toMatchObject([{ fate: 'cannot', why: expect.stringContaining('port: ') }]);
    expect(sources).toMatchObject([
      { fate: 'create', destination: null, notes: [expect.stringContaining('cannot move')] },
    ]);
  });

  test('whose id is taken says so, and gets another where that is wanted', () => {
    const takenDestinations = new Set([155_582]);
    expect(plan({}, { takenDestinations }).destinations).toMatchObject([
      {
        fate: 'cannot',
        why: expect.stringContaining('155582 is taken'),
        remedy: expect.stringContaining('--new-ids'),
      },
    ]);
    expect(plan({}, { takenDestinations }, true).destinations).toMatchObject([
      { fate: 'create', here: null },
    ]);
  });

  test('that got another id is found again by its name', () => {
    const state = { takenDestinations: new Set([155_582]), destinations: [destinationHere({ id: 3 })] };
    expect(plan({}, state, true).destinations).toMatchObject([{ fate: 'present', here: 3 }]);
  });
});

describe('a source', () => {
  test('keeps its schema, which its display name need not lead to', () => {
    const { sources } = plan({ sources: [aSource({ displayName: 'Renamed since', isPaused: true })] });
    expect(sources).toMatchObject([
      {
        fate: 'create',
        here: 119_945,
        schema: 'shop',
        name: 'Renamed since',
        isPaused: true,
        destination: 155_582,
      },
    ]);
  });

  test('that fetches records itself stays there', () => {
    const { sources } = plan({ sources: [aSource({ type: 'platform.hubspot' })] });
    expect(sources).toMatchObject([{ fate: 'cannot', why: expect.stringContaining('platform.hubspot') }]);
  });

  test('cannot share its schema with another', () => {
    const { sources } = plan({}, { sources: [sourceHere({ id: 3 })] });
    expect(sources).toMatchObject([{ fate: 'cannot', why: 'the schema shop is that of source 3 here' }]);
  });

  test('whose id is taken says so, gets another where that is wanted, and is found again', () => {
    const takenSources = new Set([119_945]);
    expect(plan({}, { takenSources }).sources).toMatchObject([{ fate: 'cannot' }]);
    expect(plan({}, { takenSources }, true).sources).toMatchObject([{ fate: 'create', here: null }]);
    const moved = { takenSources, sources: [sourceHere({ id: 3 })] };
    expect(plan({}, moved).sources).toMatchObject([{ fate: 'present', here: 3 }]);
  });

  test('that is here is mapped where it goes nowhere, and left alone where it goes somewhere', () => {
    const destinations = [destinationHere()];
    const unmapped = plan({}, { destinations, sources: [sourceHere({ destinationId: null })] });
    expect(unmapped.sources).toMatchObject([{ fate: 'present', destination: 155_582 }]);
    expect(isDone(unmapped)).toBe(false);
    const elsewhere = plan({}, { destinations, sources: [sourceHere({ destinationId: 9 })] });
    expect(elsewhere.sources).toMatchObject([{ fate: 'present', destination: null }]);
    expect(isDone(elsewhere)).toBe(true);
  });
});

test('an account that has another id here is told of', () => {
  expect(plan({ clientId: 116_078 }).notes[0]).toContain('accounts create --id 116078');
  expect(plan({ clientId: null }).notes[0]).toContain('Access tokens');
});
