import type { Code } from '../errors/codes.ts';
import type { Failure } from '../errors/failure.ts';
import type { CheckStep } from '../model/check.ts';
import { renderReportCard } from '../model/report-card.ts';
import type { DestinationTypes } from './app-parts.ts';
import { renderSteps } from './v4/render-check.ts';

/**
 * The object form of an error: `{"error":CODE,"message":…,"data":{"message":…,…}}`. Real clients read `error.message`,
 * `error` or `message`, and the contract's own objects keep their text in `data.message`.
 */
export function renderFailureObject(failure: Failure, types: DestinationTypes): object {
  const message =
    failure.remedy === undefined ? failure.message : `${sentence(failure.message)} ${failure.remedy}`;
  if (withoutFacts.has(failure.code)) return { error: failure.code, message };
  return {
    error: failure.code,
    message,
    data: { message: contractTexts[failure.code] ?? failure.message, ...renderFacts(failure, types) },
  };
}

const withoutFacts: ReadonlySet<Code> = new Set(['Unauthorized', 'Forbidden', 'NotFound', 'InternalError']);

/** Texts of the contract that existing clients match on; the top-level message says more. */
const contractTexts: Partial<Record<Code, string>> = {
  InvalidProperties: 'properties do not match schema',
};

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The facts of a failure that clients may see. Anything else in its data stays inside. */
function renderFacts({ code, data }: Failure, types: DestinationTypes): object {
  if (code === 'InvalidProperties') {
    const type = typeof data.type === 'string' ? types.find(data.type) : undefined;
    return {
      bad_properties: data.bad_properties ?? [],
      report_card: type ? renderReportCard(type.type, type.form, (data.provided ?? []) as string[]) : null,
      reasons: data.reasons ?? {},
    };
  }
  if (code === 'RevisionMismatch') return { revision: data.revision };
  if (code === 'CheckFailed') return { steps: renderSteps((data.steps ?? []) as CheckStep[]) };
  return {};
}
