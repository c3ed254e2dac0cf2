import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import { host, optionalSsl, password, port, username } from '../form-fields.ts';
import { serverRules } from '../form-rules.ts';

export const mysql: DestinationType = {
  type: 'mysql_destination',
  title: 'MySQL',
  details: released('mysql_destination'),
  connector: async () => (await import('./connector.ts')).mysqlConnector,
  form: {
    steps: [{ type: 'form', properties: [host(), password(), port('3306'), optionalSsl, username()] }],
    v3Order: ['host', 'port', 'username', 'password', 'ssl'],
    tolerated: [],
    rules: serverRules,
  },
};
