import type { Code } from '../errors/codes.ts';
import type { Failure } from '../errors/failure.ts';
import type { CheckStep } from '../model/check.ts';
import { renderReportCard } from '../model/report-card.ts';
import { renderSourceReportCard } from '../model/source-report-card.ts';
import { importApi } from '../model/source-type.ts';
import type { DestinationTypes } from './app-parts.ts';
import { renderSteps } from './v4/render-check.ts';

/**
 * The object form of an error: `{"error":CODE,"message":…,"data":{"message":…,…}}`. Real clients read `error.message`,
 * `error` or `message`, and the contract's own objects keep their text in `data.message`.
 * @param text what the contract has the call say there; the failure's own message unless given.
 */
export function renderFailureObject(failure: Failure, types: DestinationTypes, text?: string): object {
  const message =
    failure.remedy === undefined ? failure.message : `${sentence(failure.message)} ${failure.remedy}`;
  if (withoutFacts.has(failure.code)) return { error: failure.code, message };
  return {
    error: failure.code,
    message,
    data: { message: text ?? contractTexts[failure.code] ?? failure.message, ...renderFacts(failure, types) },
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
    return {
      bad_properties: data.bad_properties ?? [],
      report_card: reportCardOf(data, types),
      reasons: data.reasons ?? {},
    };
  }
  if (code === 'RevisionMismatch') return { revision: data.revision };
  if (code === 'CheckFailed') return { steps: renderSteps((data.steps ?? []) as CheckStep[]) };
  return {};
}

function reportCardOf(data: Failure['data'], types: DestinationTypes): object | null {
  if (data.type === importApi) return renderSourceReportCard();
  const type = typeof data.type === 'string' ? types.find(data.type) : undefined;
  return type ? renderReportCard(type.type, type.form, (data.provided ?? []) as string[]) : null;
}
