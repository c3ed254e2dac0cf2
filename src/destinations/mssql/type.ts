import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import { database, host, optionalSsl, password, port, username } from '../form-fields.ts';
import { serverRules } from '../form-rules.ts';

export const mssql: DestinationType = {
  type: 'mssql_server',
  title: 'Microsoft SQL Server',
  details: released('mssql_server'),
  connector: null,
  form: {
    steps: [
      { type: 'form', properties: [database(), host(), password(), port('1433'), optionalSsl, username()] },
    ],
    v3Order: ['host', 'port', 'username', 'database', 'password', 'ssl'],
    tolerated: [],
    rules: serverRules,
  },
};
