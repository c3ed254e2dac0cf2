import { all, type Context, first, run, type Work } from '../operation.ts';
import { statement } from '../statement.ts';

interface Partner {
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
}

const put = statement<Partner & { now: number }>()((db, given) =>
  db
    .insertInto('partners')
    .values({
      id: given('id'),
      name: given('name'),
      secret_hash: given('secretHash'),
      created_at: given('now'),
    })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ name: given('name'), secret_hash: given('secretHash') }),
    ),
);

const partnerById = statement<{ id: string }>()((db, given) =>
  db.selectFrom('partners').select(['id', 'name', 'secret_hash as secretHash']).where('id', '=', given('id')),
);

const allPartners = statement()((db) =>
  db
    .selectFrom('partners')
    .select(['id', 'name', 'created_at as createdAt'])
    .orderBy('created_at')
    .orderBy('id'),
);

const remove = statement<{ id: string }>()((db, given) =>
  db.deleteFrom('partners').where('id', '=', given('id')),
);

export function* putPartner(partner: Partner, { now }: Context): Work<void> {
  yield* run(put, { ...partner, now });
}

export function* findPartner(id: string): Work<Partner | null> {
  return (yield* first(partnerById, { id })) ?? null;
}

export function* listPartners(): Work<{ id: string; name: string; createdAt: number }[]> {
  return [...(yield* all(allPartners, {}))];
}

export function* removePartner(id: string): Work<boolean> {
  return (yield* run(remove, { id })) > 0;
}
