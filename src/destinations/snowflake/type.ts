import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import { credential, database, host, password, port, text } from '../form-fields.ts';
import { serverRules } from '../form-rules.ts';

export const snowflake: DestinationType = {
  type: 'snowflake',
  title: 'Snowflake',
  details: released('snowflake'),
  connector: null,
  form: {
    steps: [
      {
        type: 'form',
        properties: [
          database(),
          host('Host of the account, such as ORGANIZATION-ACCOUNT.snowflakecomputing.com.'),
          password(),
          port('443'),
          text('role', 'Role to take instead of the default one of the user.', { optional: true }),
          credential('username', 'Name of the user to sign in as.'),
          text('warehouse', 'Virtual warehouse that runs the loads.'),
        ],
      },
    ],
    v3Order: ['host', 'port', 'username', 'database', 'password', 'warehouse', 'role'],
    tolerated: [],
    rules: serverRules,
  },
};
