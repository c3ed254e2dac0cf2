/** What the name of a connection check says. */
interface JobName {
  readonly accountId: number;
  readonly destinationId: number;
  readonly uuid: string;
}

/** `{account}.{destination}.check.{uuid}`: what clients see as `check_job_name`. */
export const renderJobName = ({ accountId, destinationId, uuid }: JobName): string =>
  `${accountId}.${destinationId}.check.${uuid}`;

const pattern = /^([1-9]\d{0,15})\.([1-9]\d{0,15})\.check\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The parts of a job name, or null if it is none. */
export function parseJobName(name: string): JobName | null {
  const [, accountId, destinationId, uuid] = pattern.exec(name) ?? [];
  if (accountId === undefined || destinationId === undefined || uuid === undefined) return null;
  return { accountId: Number(accountId), destinationId: Number(destinationId), uuid };
}
