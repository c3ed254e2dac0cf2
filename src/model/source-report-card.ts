import { importApi } from './source-type.ts';

/** An Import API source has nothing to fill in: its form is empty, and it is configured as soon as it exists. */
const steps = [
  { type: 'form', properties: [] },
  { type: 'fully_configured', properties: [] },
];

/** The report card of a stored source. */
export const renderSourceReportCard = () => ({
  type: importApi,
  current_step: 2,
  current_step_type: 'fully_configured',
  steps,
});

/** The report card as source-types shows it, where there is no source yet. */
export const renderSourceTypeCard = (): object => ({
  type: importApi,
  current_step: 1,
  current_step_type: 'form',
  steps,
  details: {
    pricing_tier: 'standard',
    pipeline_state: 'released',
    default_start_date: '-1 year',
    default_scheduling_interval: 60,
    protocol: importApi,
    access: true,
  },
});
