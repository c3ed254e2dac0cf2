import { describe, expect, test } from 'vitest';
import { property, sampleForm } from '../../test/support/sample-form.ts';
import type { Form } from './form.ts';
import { currentStep, renderReportCard, renderTypeReportCard } from './report-card.ts';

const form: Form = {
  ...sampleForm(),
  steps: [
    {
      type: 'form',
      properties: [
        property('host', { isRequired: true }),
        property('note'),
        property('password', { isRequired: true, isCredential: true }),
        property('project', { isRequired: true, propertyType: 'read_only', jsonSchema: null }),
      ],
    },
  ],
};

const complete = { properties: { host: 'h' }, credentialNames: ['password'], revision: 3, lastCheck: null };
const lastCheck = { name: 'n', revision: 3, error: true, startedAt: 1, completedAt: 2 };

test('a report card shows every property in order and says which are provided', () => {
  expect(JSON.stringify(renderReportCard('thing', form, ['host'], { currentStep: 2 }))).toBe(
    '{"type":"thing","current_step":2,"current_step_type":"fully_configured","steps":[{"type":"form","properties":[' +
      '{"name":"host","is_required":true,"is_credential":false,"system_provided":false,' +
      '"property_type":"user_provided","json_schema":{"type":"string"},"provided":true},' +
      '{"name":"note","is_required":false,"is_credential":false,"system_provided":false,' +
      '"property_type":"user_provided","json_schema":{"type":"string"},"provided":false},' +
      '{"name":"password","is_required":true,"is_credential":true,"system_provided":false,' +
      '"property_type":"user_provided","json_schema":{"type":"string"},"provided":false},' +
      '{"name":"project","is_required":true,"is_credential":false,"system_provided":false,' +
      '"property_type":"read_only","json_schema":null,"provided":false}' +
      ']},{"type":"fully_configured","properties":[]}]}',
  );
});

test('the report card of a type carries its details, after the steps', () => {
  const card = renderTypeReportCard({
    type: 'thing',
    form,
    details: { pricingTier: 'standard', pipelineState: 'released', protocol: 'wire' },
    access: false,
  });
  expect(Object.keys(card)).toEqual(['type', 'current_step', 'current_step_type', 'steps', 'details']);
  expect(JSON.stringify(card.details)).toBe(
    '{"pricing_tier":"standard","pipeline_state":"released","protocol":"wire","access":false}',
  );
  expect(card.current_step).toBe(1);
});

describe('a destination is fully configured', () => {
  test('before its settings have been checked', () => {
    expect(currentStep(complete, form)).toBe(2);
  });
  test('when the last check of its settings succeeded', () => {
    expect(currentStep({ ...complete, lastCheck: { ...lastCheck, error: false } }, form)).toBe(2);
  });
  test('when the failed check was one of older settings', () => {
    expect(currentStep({ ...complete, lastCheck: { ...lastCheck, revision: 2 } }, form)).toBe(2);
  });
});

describe('a destination is at its form', () => {
  test('when the last check of its settings failed', () => {
    expect(currentStep({ ...complete, lastCheck }, form)).toBe(1);
  });
  test('while a required credential is missing', () => {
    expect(currentStep({ ...complete, credentialNames: [] }, form)).toBe(1);
  });
});

test('a destination of several steps is at the first that misses something', () => {
  const oauth = { type: 'oauth' as const, properties: [property('grant', { isRequired: true })] };
  const longer = { ...form, steps: [...form.steps, oauth] };
  expect(currentStep(complete, longer)).toBe(2);
  expect(currentStep({ ...complete, properties: { host: 'h', grant: 'g' } }, longer)).toBe(3);
});
