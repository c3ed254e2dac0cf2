import { azureSqldw } from './azure-sqldw/type.ts';
import { bigquery } from './bigquery/type.ts';
import { databricksDelta } from './databricks-delta/type.ts';
import { dataworld } from './dataworld/type.ts';
import type { DestinationType } from './destination.ts';
import { mssql } from './mssql/type.ts';
import { mysql } from './mysql/type.ts';
import { panoply } from './panoply/type.ts';
import { postgres } from './postgres/type.ts';
import { redshift } from './redshift/type.ts';
import { s3 } from './s3/type.ts';
import { snowflake } from './snowflake/type.ts';
import { storagegrid } from './storagegrid/type.ts';

/** Every type there is, in the order in which destination-types lists them. Loads no driver. */
export const destinationTypes: readonly DestinationType[] = [
  postgres,
  redshift,
  mysql,
  mssql,
  s3,
  storagegrid,
  snowflake,
  bigquery,
  azureSqldw,
  databricksDelta,
  panoply,
  dataworld,
];

const byName = new Map(destinationTypes.map((type) => [type.type, type]));

/** The type of that name on the wire, or undefined. */
export const findType = (name: string): DestinationType | undefined => byName.get(name);
