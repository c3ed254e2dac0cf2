import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import {
  database,
  flag,
  host,
  meaninglessWithoutTunnel,
  password,
  port,
  sshFields,
  sshNames,
  text,
  username,
} from '../form-fields.ts';
import { certificateRule, serverRules, sshRule } from '../form-rules.ts';

export const postgres: DestinationType = {
  type: 'postgres',
  title: 'PostgreSQL',
  details: released('postgres'),
  connector: async () => (await import('./connector.ts')).postgresConnector,
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
          port('5432'),
          flag('ssl', 'Whether to encrypt the connection with TLS.', { routing: true }),
          text(
            'sslrootcert',
            'Certificates (PEM) of the authority, or of the server itself, to verify it by.',
            {
              optional: true,
              routing: true,
              controlCharacters: 'lines',
            },
          ),
          username(),
        ],
      },
    ],
    v3Order: ['host', 'port', 'username', 'database', 'password', 'ssl', 'sslrootcert', ...sshNames],
    tolerated: [],
    rules: [...serverRules, certificateRule, sshRule],
    meaningless: meaninglessWithoutTunnel,
  },
};
