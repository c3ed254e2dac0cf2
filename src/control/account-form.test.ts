import { expect, test } from 'vitest';
import { checkAccountForm } from './account-form.ts';
import type { AccountForm } from './control.ts';

const form: AccountForm = {
  company: 'Example',
  email: 'owner@example.com',
  firstName: 'Ada',
  lastName: 'Lovelace',
};

test('a complete form is accepted', () => {
  checkAccountForm(form);
  checkAccountForm({ ...form, id: 116078, region: 'eu-central-1', firstName: 'Ünïcødé 😀' });
});

test.each<[Partial<AccountForm>, Record<string, string>]>([
  [{ company: '' }, { company: 'required' }],
  [{ firstName: '  ' }, { first_name: 'required' }],
  [{ lastName: 'x'.repeat(256) }, { last_name: 'must have at most 255 characters' }],
  [{ company: 'a\0b' }, { company: 'must not contain control characters' }],
  [{ email: 'nobody' }, { email: 'must be an e-mail address' }],
  [{ email: 'a b@example.com' }, { email: 'must be an e-mail address' }],
  [{ region: 'mars' }, { region: 'must be one of us-east-1, eu-central-1' }],
  [{ id: 0 }, { id: 'must be a positive whole number' }],
  [
    { company: '', email: '' },
    { company: 'required', email: 'required' },
  ],
])('%j is refused with a reason for each field', (fields, errors) => {
  expect(() => checkAccountForm({ ...form, ...fields })).toThrow(
    expect.objectContaining({ code: 'InvalidForm', data: { errors } }),
  );
});
