import type { JsonObject } from '../lib/json.ts';
import type { Destination } from './destination.ts';
import type { Form, FormProperty } from './form.ts';

/** A report card as v4 shows it; key order as in the contract. */
interface ReportCard {
  readonly type: string;
  /** 1-based. */
  readonly current_step: number;
  readonly current_step_type: string;
  readonly steps: readonly ReportCardStep[];
}

interface ReportCardStep {
  readonly type: string;
  readonly properties: readonly ReportCardProperty[];
}

interface ReportCardProperty {
  readonly name: string;
  readonly is_required: boolean;
  readonly is_credential: boolean;
  readonly system_provided: boolean;
  readonly property_type: string;
  readonly json_schema: JsonObject | null;
  readonly provided: boolean;
}

/** A report card as destination-types shows it. */
interface TypeReportCard extends ReportCard {
  readonly details: {
    readonly pricing_tier: string;
    readonly pipeline_state: string;
    readonly protocol: string;
    readonly access: boolean;
  };
}

/**
 * @param provided names of the properties that have a value.
 * @param currentStep 1-based; {@link currentStep} finds it for a destination. 1 where there is no destination.
 */
export function renderReportCard(
  type: string,
  form: Form,
  provided: Iterable<string> = [],
  { currentStep = 1 }: { currentStep?: number } = {},
): ReportCard {
  const names = new Set(provided);
  const steps: ReportCardStep[] = form.steps.map((step) => ({
    type: step.type,
    properties: step.properties.map((property) => renderProperty(property, names.has(property.name))),
  }));
  steps.push({ type: 'fully_configured', properties: [] });
  return {
    type,
    current_step: currentStep,
    current_step_type: steps[currentStep - 1]?.type ?? 'fully_configured',
    steps,
  };
}

const renderProperty = (property: FormProperty, provided: boolean): ReportCardProperty => ({
  name: property.name,
  is_required: property.isRequired,
  is_credential: property.isCredential,
  system_provided: property.systemProvided,
  property_type: property.propertyType,
  json_schema: property.jsonSchema,
  provided,
});

/** The report card of a type, with the `details` that stand on destination-types only. */
export function renderTypeReportCard(type: {
  readonly type: string;
  readonly form: Form;
  readonly details: {
    readonly pricingTier: string;
    readonly pipelineState: string;
    readonly protocol: string;
  };
  /** Whether this build can connect the type. */
  readonly access: boolean;
}): TypeReportCard {
  const { pricingTier, pipelineState, protocol } = type.details;
  return {
    ...renderReportCard(type.type, type.form),
    details: { pricing_tier: pricingTier, pipeline_state: pipelineState, protocol, access: type.access },
  };
}

/** The report card of a stored destination. */
export const renderDestinationReportCard = (destination: Destination, form: Form): ReportCard =>
  renderReportCard(destination.type, form, providedNames(destination), {
    currentStep: currentStep(destination, form),
  });

/** Names of the properties that have a value, credentials included. */
export const providedNames = (
  destination: Pick<Destination, 'properties' | 'credentialNames'>,
): readonly string[] => [...Object.keys(destination.properties), ...destination.credentialNames];

/**
 * The step (1-based) a destination has reached: the first one that misses a required property; the last one,
 * `fully_configured`, unless the last completed check of the current settings failed. A destination whose new
 * settings have not been checked yet counts as configured.
 */
export function currentStep(
  destination: Pick<Destination, 'properties' | 'credentialNames' | 'lastCheck' | 'revision'>,
  form: Form,
): number {
  const provided = new Set(providedNames(destination));
  const unfinished = form.steps.findIndex((step) =>
    step.properties.some((property) => isAwaited(property) && !provided.has(property.name)),
  );
  if (unfinished >= 0) return unfinished + 1;
  const { lastCheck, revision } = destination;
  return lastCheck?.error && lastCheck.revision === revision ? 1 : form.steps.length + 1;
}

/** Nobody can provide a read-only property, so none of them holds a destination back. */
const isAwaited = (property: FormProperty): boolean =>
  property.isRequired && property.propertyType !== 'read_only';
