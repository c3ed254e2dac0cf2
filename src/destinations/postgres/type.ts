import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import {
  database,
  flag,
  host,
  meaninglessWithoutTunnel,
  password,
  port,
  seconds,
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
    v3Order: [
      ...['host', 'port', 'username', 'database', 'password', 'ssl', 'sslrootcert'],
      ...sshNames,
      ...['split_keeps_original', 'lock_timeout'],
    ],
    // Ours: the report card is the original's.
    tolerated: [
      flag(
        'split_keeps_original',
        'Whether a column that gets values of a second type keeps its name, so that views that read it go on; only the new column gets a suffix.',
        { optional: true },
      ),
      seconds(
        'lock_timeout',
        'Seconds that a load waits for a lock on its tables, and readers behind it; 5 if left out.',
        { optional: true },
      ),
    ],
    rules: [...serverRules, certificateRule, sshRule],
    meaningless: meaninglessWithoutTunnel,
  },
};
