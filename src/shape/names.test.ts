import { describe, expect, test } from 'vitest';
import { mysqlRules, postgresRules } from '../../test/support/sample-dialects.ts';
import { cleanName, columnNameProblem, nameLength, tableNameProblem } from './names.ts';

const { names } = postgresRules;
const problem = (name: string) =>
  columnNameProblem(cleanName(name, names), name, postgresRules)?.text ?? null;

describe('in PostgreSQL', () => {
  test.each([
    ['123customerid', 'customerid'],
    ['!customer#id', 'customerid'],
    ['CUSTOMER! ID', 'CUSTOMER ID'],
    ['_987CUSTOMERID', '_987CUSTOMERID'],
    ['CuStOmErId', 'CuStOmErId'],
    [' 1 two', 'two'],
    ['größe', 'größe'],
    ['日本語1', '日本語1'],
    ['a.b-c"d', 'abcd'],
    ['a\0b\ud800c', 'abc'],
    ['!!!', ''],
  ])('%j becomes %j', (given, expected) => {
    expect(cleanName(given, names)).toBe(expected);
  });

  test('lengths are bytes of UTF-8', () => {
    expect(nameLength('ü', names.unit)).toBe(2);
    expect(problem('ü'.repeat(29))).toBeNull();
    expect(problem('ü'.repeat(30))).toBe(`Column name ${'ü'.repeat(30)} is too long for PostgreSQL`);
    expect(problem('a'.repeat(59))).toBeNull();
    expect(problem('a'.repeat(60))).toContain('is too long for PostgreSQL');
  });

  test('tables may have 63 bytes', () => {
    expect(tableNameProblem('t'.repeat(63), '', postgresRules)).toBeNull();
    expect(tableNameProblem('t'.repeat(64), '', postgresRules)?.text).toBe(
      `Table name ${'t'.repeat(64)} is too long for PostgreSQL`,
    );
  });

  test.each(['_sdc_rejected', '_backstitch_loads', '!!'])('no table is named %s', (name) => {
    expect(tableNameProblem(cleanName(name, names), name, postgresRules)).not.toBeNull();
  });

  test.each([
    '_sdc_extracted_at',
    '_sdc_received_at',
    '_sdc_batched_at',
    '_sdc_sequence',
    '_sdc_table_version',
    '__sdc_primary_key',
    '_sdc_deleted_at',
    '_sdc_source_key_id',
    '_sdc_level_0_id',
    '_rjm_x',
    '_backstitch_x',
  ])('%s is reserved', (name) => {
    expect(problem(name)).toBe(`Column name ${name} is reserved for system columns`);
  });

  test.each(['bi', 'bo', 'de', 'do', 'fl', 'it', 'st', 'ti', 'dt', 'js'])(
    'names that end in __%s are reserved',
    (ending) => {
      expect(problem(`age__${ending}`)).toBe(
        `column names from client should not include reserved datatype suffix on age__${ending}`,
      );
    },
  );

  test.each(['_sdc_repository', '_sdc', 'a_bi', 'bi', 'a__b', '_sdc_value'])(
    '%s is an ordinary column',
    (name) => {
      expect(problem(name)).toBeNull();
    },
  );

  test('names of which nothing is left have a reason', () => {
    expect(problem('')).toBe('Column name "" has no characters that can be used');
    expect(problem('#1')).toBe('Column name "#1" has no characters that can be used');
  });
});

describe('in MySQL', () => {
  test.each([
    [' Customer ID! ', 'customer_id_'],
    ['$a.b', '$a_b'],
    ['Größe', 'größe'],
    ['1a', '1a'],
  ])('%j becomes %j', (given, expected) => {
    expect(cleanName(given, mysqlRules.names)).toBe(expected);
  });

  test('lengths are characters', () => {
    expect(columnNameProblem('ü'.repeat(64), '', mysqlRules)).toBeNull();
    expect(columnNameProblem('ü'.repeat(65), '', mysqlRules)).not.toBeNull();
    expect(tableNameProblem('t'.repeat(61), '', mysqlRules)).not.toBeNull();
  });
});
