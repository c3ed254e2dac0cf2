import { printable } from '../printable.ts';
import { type Finding, type Level, worst } from './finding.ts';

const marks: Record<Level, string> = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' };

/** One line for each finding, its remedy under it, and a last line that sums up. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = findings.reduce((most, { subject }) => Math.max(most, subject.length), 0);
  const indent = ' '.repeat(marks.ok.length + width + 4);
  const lines = findings.flatMap(({ level, subject, message, remedy }) => [
    `${marks[level]}  ${subject.padEnd(width)}  ${printable(message)}`,
    ...(remedy === null ? [] : [`${indent}→ ${printable(remedy)}`]),
  ]);
  return `${[...lines, '', summary(findings)].join('\n')}\n`;
}

function summary(findings: readonly Finding[]): string {
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const problems = count('problem');
  const warnings = count('warning');
  if (worst(findings) === 'ok') return 'Everything is in order.';
  return `${plural(problems, 'problem')}, ${plural(warnings, 'warning')}.`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
