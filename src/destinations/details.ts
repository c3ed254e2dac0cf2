import type { TypeDetails } from './destination.ts';

/** Details of a type for which `protocol` is all that differs. */
export const released = (protocol: string): TypeDetails => ({
  pricingTier: 'standard',
  pipelineState: 'released',
  protocol,
});
