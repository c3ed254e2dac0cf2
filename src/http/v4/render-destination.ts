import type * as wire from '@backstitch/client';
import type { Json } from '../../lib/json.ts';
import type { Destination } from '../../model/destination.ts';
import type { Form, FormProperty } from '../../model/form.ts';
import { formProperties } from '../../model/form-properties.ts';
import { renderDestinationReportCard } from '../../model/report-card.ts';
import { renderTimestamp, renderTimestampOrNull } from '../../model/timestamp.ts';

/** A destination in v4's form: values are strings, credentials are left out. */
export const renderDestination = (destination: Destination, form: Form): string =>
  render(destination, form, ({ isCredential }) => !isCredential);

/** The same for the answer to the POST that made it, the only one that shows a credential its owner has to know. */
export const renderNewDestination = (destination: Destination, form: Form): string =>
  render(destination, form, ({ isCredential, shownToOwner }) => !isCredential || shownToOwner === true);

function render(destination: Destination, form: Form, isShown: (property: FormProperty) => boolean): string {
  const properties: Record<string, Json> = {};
  for (const property of formProperties(form)) {
    const value = destination.properties[property.name];
    if (value !== undefined && isShown(property)) properties[property.name] = value;
  }
  return JSON.stringify({
    id: destination.id,
    stitch_client_id: destination.accountId,
    type: destination.type,
    name: destination.name,
    description: destination.description,
    display_name: null,
    properties,
    check_job_name: destination.checkJobName,
    paused_at: null,
    system_paused_at: renderTimestampOrNull(destination.systemPausedAt),
    created_at: renderTimestamp(destination.createdAt),
    updated_at: renderTimestamp(destination.updatedAt),
    deleted_at: renderTimestampOrNull(destination.deletedAt),
    report_card: renderDestinationReportCard(destination, form),
  } satisfies wire.Destination);
}
