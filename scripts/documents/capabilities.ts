import type { Capabilities, TableCapabilities } from '../../src/destinations/capabilities.ts';
import { destinationTypes } from '../../src/destinations/registry.ts';
import type { NameRules } from '../../src/shape/shape.ts';
import { renderTable } from './markdown.ts';

interface Column {
  readonly title: string;
  readonly capabilities: Capabilities;
  readonly tables: TableCapabilities;
}

const columns: readonly Column[] = (
  await Promise.all(
    destinationTypes.map(async ({ title, connector }): Promise<Column[]> => {
      const capabilities = (await connector?.())?.capabilities;
      if (!capabilities) return [];
      return capabilities.tables.map((tables) => ({
        title: tables.format === null ? title : `${title}, ${tables.format}`,
        capabilities,
        tables,
      }));
    }),
  )
).flat();

/** A row for each capability. The compiler asks for every one that there is. */
const connections: Readonly<
  Record<Exclude<keyof Capabilities, 'tables'>, readonly [words: string, show: (of: Capabilities) => string]>
> = {
  tls: [
    'TLS',
    ({ tls }) =>
      ({ verified: 'the server is verified', encrypted: 'encrypted, not verified', none: 'none' })[tls],
  ],
  sshTunnel: ['SSH tunnel', ({ sshTunnel }) => yesNo(sshTunnel)],
  schemas: ['a schema for each source', ({ schemas }) => yesNo(schemas)],
};

const tables: Readonly<
  Record<
    Exclude<keyof TableCapabilities, 'format'>,
    readonly [words: string, show: (of: TableCapabilities) => string]
  >
> = {
  upsert: [
    'a newer record of a key',
    ({ upsert }) => (upsert ? 'replaces the older one' : 'is added; every record stays'),
  ],
  nesting: [
    'objects and arrays',
    ({ nesting }) =>
      ({
        subtables: 'objects are flattened, arrays are subtables',
        json: 'a JSON column each',
        native: 'stay in the record',
      })[nesting],
  ],
  columns: [
    'columns',
    ({ columns }) =>
      ({ typed: 'of one type each', text: 'of text', none: 'none: records are kept whole' })[columns],
  ],
  split: [
    'a second type in a column',
    ({ split }) =>
      ({
        rename: 'a column for each type, the first is renamed',
        'keep-original': 'a column for each type, the first keeps its name',
        none: 'stands beside the first',
      })[split],
  ],
  ddl: [
    'tables are changed',
    ({ ddl }) =>
      ({
        transaction: 'in the transaction of the load',
        before: 'before the transaction of the load, one statement at a time',
        none: 'never',
      })[ddl],
  ],
  lowerVersions: [
    'rows of lower table versions',
    ({ lowerVersions }) => ({ removed: 'are removed', kept: 'stay; later ones are left out' })[lowerVersions],
  ],
  recall: ['going back in time is noticed', ({ recall }) => yesNo(recall)],
  names: ['names', ({ names }) => namesText(names)],
  maxColumns: ['columns of a table', ({ maxColumns }) => maxColumns?.toLocaleString('en') ?? 'no limit'],
  nulInText: ['text with U+0000', ({ nulInText }) => (nulInText ? 'is stored' : 'is rejected')],
};

/** What each type that can be connected does with connections and tables. */
export const renderCapabilities = (): string =>
  renderTable(
    ['', ...columns.map(({ title }) => title)],
    [
      ...Object.values(connections).map(([words, show]) => [
        words,
        ...columns.map((each) => show(each.capabilities)),
      ]),
      ...Object.values(tables).map(([words, show]) => [words, ...columns.map((each) => show(each.tables))]),
    ],
  );

const yesNo = (is: boolean): string => (is ? 'yes' : 'no');

function namesText({ characters, case: kept, unit, table, column }: NameRules): string {
  const which = {
    letters: 'letters, digits, `_` and spaces; others are removed',
    word: 'letters, digits, `_` and `$`; others become `_`',
    any: 'any characters',
  }[characters];
  const cased = kept === 'lower' ? ', in lower case' : '';
  return `${which}${cased}; tables ${table}, columns ${column} ${unit}`;
}
