import type { CheckContext, DestinationType } from '../../src/destinations/destination.ts';
import type { CheckOutcome, CheckStep } from '../../src/model/check.ts';
import type { FormProperty, Properties } from '../../src/model/form.ts';

export type ScriptedCheck = (context: CheckContext, properties: Properties) => Promise<CheckOutcome>;

/** A destination type with a host and a password, whose check does what the test says. */
export const scriptedType = (check: ScriptedCheck): DestinationType => ({
  type: 'scripted',
  title: 'Scripted',
  details: { pricingTier: 'standard', pipelineState: 'released', protocol: 'scripted' },
  form: { steps: [{ type: 'form', properties }], v3Order: ['host', 'password'], tolerated: [], rules: [] },
  connector: async () => ({
    capabilities: { sshTunnel: true, tls: 'none', schemas: false, tables: [] },
    resolve: (given) => given,
    check: async (given, context) => await check(context, given as Properties),
  }),
});

const field = (name: string, isCredential: boolean): FormProperty => ({
  name,
  isRequired: true,
  isCredential,
  systemProvided: false,
  propertyType: 'user_provided',
  jsonSchema: { type: 'string' },
  natural: 'string',
  help: `The ${name} to use.`,
});

const properties = [field('host', false), field('password', true)];

export const passedStep = (name: string): CheckStep => ({
  name,
  status: 'passed',
  milliseconds: 1,
  message: 'Fine.',
  remedy: null,
  code: null,
});

export const failedStep = (name: string, code: string): CheckStep => ({
  ...passedStep(name),
  status: 'failed',
  message: 'It does not work.',
  remedy: 'Make it work.',
  code,
});

export const success: CheckOutcome = { steps: [passedStep('connect')], failure: null, refused: false };

/** Does what a connector does while it waits for a destination: nothing, until the signal. */
export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
