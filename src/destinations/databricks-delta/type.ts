import type { JsonObject } from '../../lib/json.ts';
import type { FormRule } from '../../model/form.ts';
import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import { credential, object, patterned } from '../form-fields.ts';
import { hostProblem, isPort } from '../form-rules.ts';

export const databricksDelta: DestinationType = {
  type: 'databricks_delta',
  title: 'Databricks Delta Lake',
  details: released('databricks_delta'),
  connector: null,
  form: {
    steps: [
      {
        type: 'form',
        properties: [
          credential('access_token', 'Access token of the Databricks REST API.'),
          patterned('jdbc_url', '^jdbc:spark://', 'JDBC URL of the cluster, as Databricks shows it.', {
            credential: true,
          }),
          object('ssh_config', sshConfigSchema(), 'SSH tunnel to the cluster, or {"ssh": "false"}.', {
            routing: true,
          }),
          object('staging_area', stagingAreaSchema(), 'S3 bucket that loads go through.'),
        ],
      },
    ],
    v3Order: ['access_token', 'jdbc_url', 'ssh_config', 'staging_area'],
    tolerated: [],
    rules: [sshConfigRule()],
  },
};

function sshConfigSchema(): JsonObject {
  return {
    definitions: {
      ssh_encryption: {
        type: 'object',
        properties: {
          ssh: { type: 'string', pattern: '^true$' },
          ssh_host: { type: 'string', minLength: 1 },
          ssh_port: { type: 'string', pattern: '^\\d+$' },
          ssh_user: { type: 'string', minLength: 1 },
        },
        required: ['ssh_host', 'ssh_port', 'ssh_user', 'ssh'],
      },
      no_encryption: {
        type: 'object',
        properties: { ssh: { type: 'string', pattern: '^false$' } },
        required: ['ssh'],
        additionalProperties: false,
      },
    },
    anyOf: [{ $ref: '#/definitions/ssh_encryption' }, { $ref: '#/definitions/no_encryption' }],
  };
}

function stagingAreaSchema(): JsonObject {
  return {
    definitions: {
      s3_staging_area: {
        type: 'object',
        properties: {
          scheme: { type: 'string', pattern: '^s3$' },
          bucket_name: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9.]$' },
        },
        required: ['scheme', 'bucket_name'],
      },
    },
    anyOf: [{ $ref: '#/definitions/s3_staging_area' }],
  };
}

/** The SSH server inside `ssh_config` obeys the rules of `encryption_host` and `encryption_port` elsewhere. */
function sshConfigRule(): FormRule {
  return ({ candidate: { ssh_config: config } }) => {
    if (typeof config !== 'object' || config.ssh !== 'true') return [];
    const bad = (why: string) => [{ name: 'ssh_config', why }];
    const problem = typeof config.ssh_host === 'string' ? hostProblem(config.ssh_host) : null;
    if (problem !== null) return bad(`ssh_host: ${problem}`);
    if (typeof config.ssh_port === 'string' && !isPort(config.ssh_port))
      return bad('ssh_port: A port is a whole number from 1 to 65535.');
    return [];
  };
}
