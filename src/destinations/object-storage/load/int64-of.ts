import { asInt64 } from '../../../shape/decimal.ts';
import type { Int64 } from '../../../shape/shape.ts';

/** An integer that is kept as its digits. */
export const int64Of = (digits: string | null): Int64 | null =>
  digits === null ? null : asInt64(BigInt(digits));
