import { type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

interface Held {
  readonly name: string;
  readonly owner: string;
  readonly fence: number;
}

/** One statement, so that of several who ask at once one gets it. A lease that was given back has no owner. */
const take = statement<{ name: string; owner: string; now: number; until: number }>()((db, given) =>
  db
    .insertInto('leases')
    .values({ name: given('name'), owner: given('owner'), fence: 1, expires_at: given('until') })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet(({ eb, ref }) => ({
          owner: given('owner'),
          fence: eb
            .case()
            .when('leases.owner', '=', given('owner'))
            .then(ref('leases.fence'))
            .else(eb(ref('leases.fence'), '+', 1))
            .end(),
          expires_at: given('until'),
        }))
        .where(({ eb, or }) =>
          or([eb('leases.owner', '=', given('owner')), eb('leases.expires_at', '<=', given('now'))]),
        ),
    )
    .returning('fence'),
);

const prolong = statement<Held & { until: number }>()((db, given) =>
  db
    .updateTable('leases')
    .set({ expires_at: given('until') })
    .where('name', '=', given('name'))
    .where('owner', '=', given('owner'))
    .where('fence', '=', given('fence')),
);

/** The row stays, so that the fence keeps growing. */
const giveBack = statement<Held>()((db, given) =>
  db
    .updateTable('leases')
    .set({ owner: '', expires_at: 0 })
    .where('name', '=', given('name'))
    .where('owner', '=', given('owner'))
    .where('fence', '=', given('fence')),
);

const freeAll = statement()((db) => db.updateTable('leases').set({ owner: '', expires_at: 0 }));

export function* acquireLease(
  { name, owner, milliseconds }: { name: string; owner: string; milliseconds: number },
  { now }: Context,
): Work<{ fence: number } | null> {
  const row = yield* first(take, { name, owner, now, until: now + milliseconds });
  return row ? { fence: row.fence } : null;
}

export function* renewLease(
  { milliseconds, ...held }: Held & { milliseconds: number },
  { now }: Context,
): Work<boolean> {
  return (yield* run(prolong, { ...held, until: now + milliseconds })) > 0;
}

export function* releaseLease(held: Held): Work<void> {
  yield* run(giveBack, held);
}

/** For a store whose only process has just started: whoever held a lease is gone. */
export function* freeNamedLeases(): Work<void> {
  yield* run(freeAll, {});
}
