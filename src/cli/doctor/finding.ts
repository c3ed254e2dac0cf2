/** How bad it is: a `warning` can be lived with, a `problem` breaks something now or at the next start. */
export type Level = 'ok' | 'warning' | 'problem';

/** One thing that doctor looked at. */
export interface Finding {
  /** What was looked at: `configuration`, `master key`, `destination 7 (account 100001)` … */
  readonly subject: string;
  readonly level: Level;
  /** What was found, in a sentence or two. Carries no secret. */
  readonly message: string;
  /** What to do about it; null when there is nothing to do. */
  readonly remedy: string | null;
}

export const ok = (subject: string, message: string): Finding => ({
  subject,
  level: 'ok',
  message,
  remedy: null,
});

export const warning = (subject: string, message: string, remedy: string): Finding => ({
  subject,
  level: 'warning',
  message,
  remedy,
});

export const problem = (subject: string, message: string, remedy: string): Finding => ({
  subject,
  level: 'problem',
  message,
  remedy,
});

/** The worst level of the findings; `ok` when there are none. */
export function worst(findings: readonly Finding[]): Level {
  if (findings.some(({ level }) => level === 'problem')) return 'problem';
  return findings.some(({ level }) => level === 'warning') ? 'warning' : 'ok';
}
