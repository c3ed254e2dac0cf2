import { type Context, first, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

const quotaOf = statement<{ accountId: number }>()((db, given) =>
  db.selectFrom('accounts').select('checks_per_minute as perMinute').where('id', '=', given('accountId')),
);

/** Counts one more, or touches nothing when the minute is used up; one statement, so that no race slips through. */
const count = statement<{ accountId: number; minute: number; perMinute: number }>()((db, given) =>
  db
    .insertInto('check_minutes')
    .values({ account_id: given('accountId'), minute: given('minute'), spent: 1 })
    .onConflict((conflict) =>
      conflict
        .column('account_id')
        .doUpdateSet(({ eb, ref }) => ({
          minute: given('minute'),
          spent: eb
            .case()
            .when('check_minutes.minute', '=', given('minute'))
            .then(eb(ref('check_minutes.spent'), '+', 1))
            .else(eb.lit(1))
            .end(),
        }))
        .where(({ eb, or }) =>
          or([
            eb('check_minutes.minute', '<>', given('minute')),
            eb('check_minutes.spent', '<', given('perMinute')),
          ]),
        ),
    )
    .returning('spent'),
);

export const minuteOf = (now: number): number => Math.floor(now / 60_000);

/** Counts a check against its account's minute; false when the budget is used up. */
export function* spendCheck(
  { accountId, defaultPerMinute }: { accountId: number; defaultPerMinute: number },
  { now }: Context,
): Work<boolean> {
  const quota = yield* first(quotaOf, { accountId });
  const perMinute = quota?.perMinute ?? defaultPerMinute;
  if (perMinute < 1) return false;
  return (yield* first(count, { accountId, minute: minuteOf(now), perMinute })) !== undefined;
}
