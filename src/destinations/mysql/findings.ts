import { type FindingKind, findingMaker } from '../finding.ts';
import { loadingFindings } from './loading-findings.ts';
import { signInFindings } from './sign-in-findings.ts';

export type { SessionFacts } from './loading-findings.ts';
export type { SignInFacts } from './sign-in-findings.ts';

/** What can go wrong between an open connection and loaded rows on MySQL. */
export const mysqlFindings = { ...signInFindings, ...loadingFindings } satisfies Readonly<
  Record<string, FindingKind<never>>
>;

export const mysqlFinding = findingMaker(mysqlFindings);
