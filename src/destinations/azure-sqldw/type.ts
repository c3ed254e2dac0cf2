import type { DestinationType } from '../destination.ts';
import { released } from '../details.ts';
import {
  credential,
  database,
  host,
  meaninglessWithoutTunnel,
  password,
  port,
  sshFields,
  sshNames,
  uri,
  username,
} from '../form-fields.ts';
import { serverRules, sshRule } from '../form-rules.ts';

export const azureSqldw: DestinationType = {
  type: 'azure_sqldw',
  title: 'Azure Synapse Analytics',
  details: released('azure_sqldw'),
  connector: null,
  form: {
    steps: [
      {
        type: 'form',
        properties: [
          host(),
          port('1433'),
          username(),
          password(),
          credential(
            'azure_storage_account_token',
            'Access key of the storage account that loads go through.',
          ),
          uri('azure_storage_sas_url', 'URL with a shared access signature of a container in that account.', {
            credential: true,
          }),
          database(),
          sshFields.type,
          sshFields.host,
          sshFields.port,
          sshFields.username,
        ],
      },
    ],
    v3Order: [
      'host',
      'port',
      'username',
      'database',
      'password',
      'azure_storage_account_token',
      'azure_storage_sas_url',
      ...sshNames,
    ],
    tolerated: [],
    rules: [...serverRules, sshRule],
    meaningless: meaninglessWithoutTunnel,
  },
};
