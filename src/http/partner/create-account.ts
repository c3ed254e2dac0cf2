import type { FastifyInstance, FastifyRequest } from 'fastify';
import { checkAccountForm } from '../../control/account-form.ts';
import type { AccountForm } from '../../control/control.ts';
import { Failure } from '../../errors/failure.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { AppParts } from '../app-parts.ts';
import { readJsonObject } from '../body.ts';
import { installAnswers, type Surface } from '../surface.ts';
import { renderV3 } from '../v3/render-destination.ts';

/** `POST /v3/accounts`: a partner makes an account for a customer of its own. The credentials stand in the body. */
export const createAccountPlugin =
  (parts: AppParts) =>
  async (app: FastifyInstance): Promise<void> => {
    installAnswers(app, surface, parts.log);
    const { accounts, partnerAuth, settings } = parts;

    app.post('/accounts', async (request) => {
      const body = readBody(request);
      const text = (name: string): string => {
        const value = body[name];
        return typeof value === 'string' ? value : '';
      };
      const partnerId = text('partner_id');
      const form: AccountForm = {
        company: text('company'),
        email: text('email'),
        firstName: text('first_name'),
        lastName: text('last_name'),
        region: body.region === undefined || body.region === null ? settings.defaultRegion : text('region'),
        partnerId,
      };
      const errors = errorsOf(form);
      const wrong = await partnerAuth.verify(partnerId, text('partner_secret'), request.ip);
      // A wrong credential reads like a missing one: nobody learns which secrets are nearly right.
      if (wrong !== null) errors[wrong] = 'required';
      if (Object.keys(errors).length > 0) throw new Failure('InvalidForm', undefined, { data: { errors } });
      const { account, token } = await accounts.create(form);
      return { access_token: token.value, stitch_account_id: account.id };
    });
  };

/** What is wrong with the fields, by their names on the wire. */
function errorsOf(form: AccountForm): Record<string, string> {
  try {
    checkAccountForm(form);
    return {};
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...(error.data.errors as Record<string, string>) };
  }
}

/** @throws {Failure} InvalidForm without any field for a body that is no JSON object. */
function readBody(request: FastifyRequest): JsonObject {
  try {
    return readJsonObject(request);
  } catch (error) {
    if (error instanceof Failure && error.code === 'InvalidBody') throw new Failure('InvalidForm');
    throw error;
  }
}

/** This call's errors have a shape of their own in the contract: `code` where the others have `error`. */
const surface: Surface = {
  contentType: 'application/json;charset=ISO-8859-1',
  serialize: renderV3,
  challenge: 'Basic',
  renderFailure({ code, message, remedy, data }) {
    if (code === 'ExistingUser')
      return { code, message: 'This email address is already associated with an active user.' };
    if (code === 'InvalidForm')
      return { code: 'BadRequest', message: 'Invalid form data.', errors: data.errors ?? {} };
    return { code, error: code, message: remedy === undefined ? message : `${message} ${remedy}` };
  },
};
