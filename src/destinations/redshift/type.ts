import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import {
  database,
  host,
  meaninglessWithoutTunnel,
  optionalSsl,
  password,
  port,
  sshFields,
  sshNames,
  username,
} from '../form-fields.ts';
import { serverRules, sshRule } from '../form-rules.ts';

export const redshift: DestinationType = {
  type: 'redshift',
  title: 'Amazon Redshift',
  details: released('redshift'),
  connector: null,
  form: {
    steps: [
      {
        type: 'form',
        properties: [
          database(),
          sshFields.host,
          sshFields.port,
          sshFields.type,
          sshFields.username,
          host(),
          password(),
          port('5439'),
          username(),
        ],
      },
    ],
    v3Order: ['host', 'port', 'username', 'database', 'password', 'ssl', ...sshNames],
    tolerated: [optionalSsl],
    rules: [...serverRules, sshRule],
    meaningless: meaninglessWithoutTunnel,
  },
};
