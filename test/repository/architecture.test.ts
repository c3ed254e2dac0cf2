import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { documents } from '../../scripts/documents/documents.ts';
import { readSources, type Source } from './sources.ts';

/** The rooms of src/, and which others each may import. Data flows one way; ARCHITECTURE.md says why. */
const pure = ['lib', 'errors', 'model', 'shape'];
const rooms: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  errors: ['lib'],
  model: ['lib', 'errors'],
  shape: ['lib', 'errors', 'model'],
  config: ['lib', 'errors'],
  log: ['lib', 'errors'],
  store: pure,
  network: pure,
  destinations: [...pure, 'network'],
  checks: [...pure, 'store', 'network', 'destinations'],
  intake: [...pure, 'store', 'destinations'],
  loading: [...pure, 'store', 'network', 'destinations', 'intake'],
  hooks: [...pure, 'store', 'network'],
  events: [...pure, 'store', 'checks'],
  control: [...pure, 'store', 'network', 'destinations', 'checks'],
  http: [
    ...pure,
    'store',
    'network',
    'destinations',
    'checks',
    'control',
    'intake',
    'loading',
    'hooks',
    'events',
  ],
  cli: [...pure, 'store', 'network', 'destinations', 'checks', 'control', 'config', 'log'],
};
/** Knows every part, and is known by none. */
const compositionRoots = ['main.ts', 'serve'];

const sources = readSources('src');
const client = readSources('client/src');
const console = readSources('console/src');
const everything = [
  ...sources,
  ...client,
  ...console,
  ...readSources('client/test', 'test', 'bench', 'scripts'),
];
const production = sources.filter(({ isTest }) => !isTest);

/** `src/store/sqlite/open.ts` → `store`; `src/main.ts` → `main.ts`. */
const roomOf = (file: string) => file.split('/')[1]!;
const isRoot = (file: string) => compositionRoots.includes(roomOf(file));
/** `src/destinations/postgres/type.ts` → `postgres`; undefined for what all types share. */
function typeOf(file: string): string | undefined {
  const [, room, folder, name] = file.split('/');
  const isType =
    room === 'destinations' && name && existsSync(path.join('src/destinations', folder!, 'type.ts'));
  return isType ? folder : undefined;
}
const filesOf = (found: readonly Source[]) => found.map(({ file }) => file);
const withText = (files: readonly Source[], pattern: RegExp) =>
  filesOf(files.filter(({ text }) => pattern.test(text)));

describe('imports', () => {
  test('go from room to room in one direction', () => {
    const wrong = production
      .filter(({ file }) => !isRoot(file))
      .flatMap(({ file, imports }) => {
        const room = roomOf(file);
        const allowed = [room, ...(rooms[room] ?? [])];
        return imports
          .filter((imported) => !allowed.includes(roomOf(imported)))
          .map((imported) => `${file} → ${imported}`);
      });
    expect(wrong).toEqual([]);
  });

  test('know every room', () => {
    expect(filesOf(production.filter(({ file }) => !isRoot(file) && !(roomOf(file) in rooms)))).toEqual([]);
  });

  test('never lead from one destination type to another', () => {
    const wrong = production.flatMap(({ file, imports }) =>
      imports
        .filter((imported) => typeOf(imported) !== undefined && typeOf(imported) !== typeOf(file))
        .filter(() => file !== 'src/destinations/registry.ts')
        .map((imported) => `${file} → ${imported}`),
    );
    expect(wrong).toEqual([]);
  });

  test('of a database driver stay in the rooms that talk to databases', () => {
    const drivers = ['pg', 'better-sqlite3', 'kysely', 'ssh2'];
    const wrong = production
      .filter(({ file }) => !['store', 'network', 'destinations'].includes(roomOf(file)))
      .filter(({ packages }) => packages.some((name) => drivers.includes(name)));
    expect(filesOf(wrong)).toEqual([]);
  });
});

describe('the console', () => {
  test('knows nothing of the server but its client', () => {
    const wrong = console.flatMap(({ file, imports }) =>
      imports
        .filter((imported) => !imported.startsWith('console/src/'))
        .map((imported) => `${file} → ${imported}`),
    );
    expect(wrong).toEqual([]);
  });

  test('puts no styles and no markup into the page as text', () => {
    expect(withText(console, /dangerouslySetInnerHTML|\.innerHTML|<style\b/)).toEqual([]);
  });
});

describe('the client', () => {
  test('needs nothing but itself', () => {
    const wrong = client
      .filter(({ isTest }) => !isTest)
      .filter(
        ({ imports, packages }) =>
          packages.length > 0 || imports.some((file) => !file.startsWith('client/src/')),
      );
    expect(filesOf(wrong)).toEqual([]);
  });

  test('gives the server types, and only those', () => {
    const importing = production.filter(({ packages }) => packages.includes('@backstitch/client'));
    expect(importing.length).toBeGreaterThan(5);
    expect(filesOf(importing.filter(({ file }) => !['http', 'cli'].includes(roomOf(file))))).toEqual([]);
    expect(withText(importing, /^import (?!type\b)[^;]*'@backstitch\/client'/m)).toEqual([]);
  });

  test('is loaded by commands that need it, and when they do', () => {
    const loading = production.filter(({ packages }) => packages.includes('#client'));
    expect(loading.length).toBeGreaterThan(0);
    expect(filesOf(loading.filter(({ file }) => roomOf(file) !== 'cli'))).toEqual([]);
    expect(withText(loading, /^import [^;]*'#client'/m)).toEqual([]);
  });
});

describe('the sources', () => {
  test('read the environment at the top only', () => {
    const below = production.filter(({ file }) => !isRoot(file) && roomOf(file) !== 'cli');
    expect(withText(below, /\bprocess\s*\.\s*env\b|\benv\b[^;\n]*from 'node:process'/)).toEqual([]);
  });

  test('ask a clock for the time of day', () => {
    const others = production.filter(({ file }) => file !== 'src/lib/clock.ts');
    expect(withText(others, /\bDate\.now\(|\bnew Date\(\)/)).toEqual([]);
  });

  test('have short files: nine in ten have at most 300 lines, none more than 400', () => {
    const lengths = everything.map(({ file, text }) => ({ file, lines: text.split('\n').length - 1 }));
    expect(lengths.filter(({ lines }) => lines > 400)).toEqual([]);
    const long = lengths.filter(({ lines }) => lines > 300);
    expect(long.length, JSON.stringify(long)).toBeLessThanOrEqual(lengths.length / 10);
  });

  test('are named for what they hold, in kebab-case', () => {
    const parts = everything.flatMap(({ file }) => file.split('/').map((part) => ({ file, part })));
    const wrong = parts.filter(
      ({ part }) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.worker|\.d)?(\.tsx?|\.mjs)?$/.test(part),
    );
    expect(wrong).toEqual([]);
    const vague = parts.filter(({ part }) =>
      vagueWords.includes(part.replace(/\..*$/, '').split('-').at(-1)!),
    );
    expect(vague).toEqual([]);
  });
});

/** Names that say nothing when they stand alone or at the end. */
const vagueWords = [
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
  'service',
  'data',
  'info',
  'misc',
];

describe('the tests', () => {
  const tests = everything.filter(({ file, isTest }) => isTest || file.startsWith('test/support/'));
  // Put together from parts, so that this file does not find itself.
  const way = (...parts: readonly string[]) => new RegExp(parts.join(''));

  test('all run', () => {
    expect(withText(tests, way('\\.(skip', 'If|run', 'If|skip|only|todo|fails)\\('))).toEqual([]);
    expect(withText(tests, way('\\b(x|f)(it|', 'describe)\\('))).toEqual([]);
  });

  test('silence neither the compiler nor the linter', () => {
    expect(
      withText(everything, way('@ts-(ignore|', 'expect-error|nocheck)|biome-', 'ignore|as ', 'any\\b')),
    ).toEqual([]);
  });

  test('replace no part of ours', () => {
    expect(withText(tests, way('vi\\.', '(mock|doMock)\\('))).toEqual([]);
  });
});

describe('generated documents', () => {
  test.each(Object.keys(documents))('%s is up to date (npm run docs)', (file) => {
    const expected = documents[file]!();
    expect(expected).not.toMatch(/\bundefined\b|\[object |\bNaN\b/);
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(expected);
  });
});
