import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import { database, host, optionalSsl, password, port, username } from '../form-fields.ts';
import { serverRules } from '../form-rules.ts';

export const panoply: DestinationType = {
  type: 'panoply',
  title: 'Panoply',
  details: released('redshift'),
  connector: null,
  form: {
    steps: [{ type: 'form', properties: [database(), host(), password(), port('5439'), username()] }],
    v3Order: ['host', 'port', 'username', 'database', 'password', 'ssl'],
    tolerated: [optionalSsl],
    rules: serverRules,
  },
};
