import { mostHooks } from '../../model/hook.ts';
import type { DestinationTypes } from '../app-parts.ts';
import { renderFailureObject } from '../failure-object.ts';
import type { Surface } from '../surface.ts';

/** What bodies that cannot be used are answered with. Existing clients match on these texts. */
const bodyTexts: Readonly<Record<string, string>> = {
  POST: 'Invalid POST body',
  PUT: "PUT body must only contain boolean 'enable' key",
};

/** The errors of hooks have no text beside the contract's; docs/webhooks.md says what they stand for. */
export const createNotificationsSurface = (types: DestinationTypes): Surface => ({
  contentType: 'application/json; charset=utf-8',
  serialize: JSON.stringify,
  renderFailure(failure, { method }) {
    if (failure.code === 'InvalidBody')
      return { error: 'InvalidBody', data: { message: bodyTexts[method] ?? failure.message } };
    if (failure.code === 'HookLimit')
      return { error: { message: `You have exceeded the limit of ${mostHooks} hooks.` } };
    if (failure.code === 'InvalidUri') return { error: { message: 'Invalid URI' } };
    if (failure.code === 'InvalidId') return { error: 'NotFound' };
    return renderFailureObject(failure, types);
  },
  challenge: 'Bearer',
});
