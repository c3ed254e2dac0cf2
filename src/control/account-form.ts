import { Failure } from '../errors/failure.ts';
import type { AccountForm } from './control.ts';
import { formText } from './form-text.ts';

export const regions = ['us-east-1', 'eu-central-1'] as const;

/**
 * Holds an account form against its rules. The reasons stand under the names that the API gives the fields.
 * @throws {Failure} InvalidForm (data: `errors`, one entry for each bad field).
 */
export function checkAccountForm(form: AccountForm): void {
  const { company, email, firstName, lastName, region, id } = form;
  const reasons = {
    company: formText(company),
    email: formText(email, 254) ?? (isEmail(email) ? null : 'must be an e-mail address'),
    first_name: formText(firstName),
    last_name: formText(lastName),
    region: region === undefined || isRegion(region) ? null : `must be one of ${regions.join(', ')}`,
    id: id === undefined || (Number.isSafeInteger(id) && id > 0) ? null : 'must be a positive whole number',
  };
  const errors = Object.fromEntries(Object.entries(reasons).filter(([, why]) => why !== null));
  if (Object.keys(errors).length > 0)
    throw new Failure('InvalidForm', 'Invalid form data.', { data: { errors } });
}

/** Whether mail really arrives there only a mail can tell. */
const isEmail = (value: string): boolean => /^[^\s@]+@[^\s@]+$/u.test(value);

const isRegion = (value: string): boolean => regions.some((region) => region === value);
