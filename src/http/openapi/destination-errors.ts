import { examples } from './examples.ts';
import { objectError, type Response, textError } from './operation.ts';
import { idempotencyExamples } from './usual-errors.ts';

/** What calls about destinations answer in v3 and v4 alike. */

export const badProperties = objectError('InvalidProperties', 'properties do not match schema', {
  bad_properties: ['port'],
  report_card: examples.reportCard,
  reasons: { port: 'Must be a number.' },
});

export const noSuchDestination: Response = {
  description: 'This account has no such destination.',
  schema: 'Error',
  examples: textError('invalid connection id'),
};

export const revisionMismatch: Response = {
  description: 'If-Match names no revision that is current.',
  schema: 'ErrorObject',
  examples: {
    RevisionMismatch: objectError('RevisionMismatch', 'Destination 86741 is at revision 8 by now.', {
      revision: 8,
    }),
  },
};

const checkFailed = objectError('CheckFailed', 'Nothing was changed: the server refused the password.', {
  steps: examples.failedSteps,
});

export const idempotencyErrors: Readonly<Record<409 | 422, Response>> = {
  409: {
    description: 'The first request with this key is still under way.',
    schema: 'ErrorObject',
    examples: idempotencyExamples[409],
    headers: ['Retry-After'],
  },
  422: {
    description: 'The key was used for another body.',
    schema: 'ErrorObject',
    examples: idempotencyExamples[422],
  },
};

/** Of POST, beside its own 400. */
export const creationErrors: Readonly<Record<number, Response>> = {
  409: idempotencyErrors[409],
  422: {
    description: 'The strict check failed, or the key was used for another body.',
    schema: 'ErrorObject',
    examples: { CheckFailed: checkFailed, ...idempotencyExamples[422] },
  },
};

/** Of PUT, beside its own 400. */
export const updateErrors: Readonly<Record<number, Response>> = {
  409: {
    description: 'Another update came in while this strict one was being proved.',
    schema: 'ErrorObject',
    examples: { LostRace: objectError('LostRace', 'Destination 86741 was changed by another request.') },
    headers: ['Retry-After'],
  },
  412: revisionMismatch,
  422: {
    description: 'The strict check failed; nothing was changed.',
    schema: 'ErrorObject',
    examples: { CheckFailed: checkFailed },
  },
};
