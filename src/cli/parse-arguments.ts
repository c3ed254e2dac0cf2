import { InvalidArgumentError } from 'commander';
import { parseTimestamp, renderTimestamp } from '../model/timestamp.ts';

/** An id on the command line: a positive whole number. */
export function parseId(text: string): number {
  const id = Number(text);
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(id)) return id;
  throw new InvalidArgumentError('An id is a positive whole number.');
}

/** A parser for a whole number of at least `least`, or for the word that says that there is no such number. */
export const parseLimit =
  <Word extends string>(least: number, word: Word) =>
  (text: string): number | Word => {
    if (text === word) return word;
    const limit = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(limit) && limit >= least) return limit;
    throw new InvalidArgumentError(`Give a whole number of at least ${least}, or "${word}".`);
  };

/** A parser for a whole number within bounds. */
export const parseCount =
  (least: number, most: number) =>
  (text: string): number => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= least && count <= most) return count;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };

/** For an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

/** A time as the API shows it. */
export function parseTime(text: string): string {
  const time = parseTimestamp(text);
  if (time !== null) return renderTimestamp(time);
  throw new InvalidArgumentError('Give a time like 2026-02-06T15:36:36Z.');
}

/** A parser for whole seconds within bounds; the value is in seconds. */
export const parseSeconds =
  (least: number, most: number) =>
  (text: string): number => {
    const seconds = Number(text);
    if (/^\d+$/.test(text) && seconds >= least && seconds <= most) return seconds;
    throw new InvalidArgumentError(`Give whole seconds from ${least} to ${most}.`);
  };
