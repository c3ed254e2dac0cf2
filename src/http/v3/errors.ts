import type { Code } from '../../errors/codes.ts';
import type { Failure } from '../../errors/failure.ts';
import type { DestinationTypes } from '../app-parts.ts';
import { renderFailureObject } from '../failure-object.ts';
import type { Surface } from '../surface.ts';
import { renderV3 } from './render-destination.ts';

/** Failures that v3 shows as a bare JSON string. Existing clients match on these texts. */
const bareTexts: Partial<Record<Code, string>> = {
  InvalidBody:
    'body must be a map with type = redshift, postgres, or snowflake. required-keys = type, connection',
  DestinationLimit: 'you are at your destination limit',
  TypeImmutable: 'this API endpoint does not support modifying destination type',
  InvalidId: 'invalid connection id',
};

export const createV3Surface = (types: DestinationTypes): Surface => ({
  contentType: 'application/json;charset=ISO-8859-1',
  serialize: renderV3,
  renderFailure: (failure: Failure) => bareTexts[failure.code] ?? renderFailureObject(failure, types),
  challenge: 'Bearer',
});
