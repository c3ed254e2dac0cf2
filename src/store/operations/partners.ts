import { assert } from '../../errors/bug.ts';
import type { Logo } from '../../model/logo.ts';
import { all, type Context, first, run, type Work } from '../operation.ts';
import type { Branding, BrandingChange, ListedPartner } from '../partner-store.ts';
import type { PartnersTable } from '../schema.ts';
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
    .select(['id', 'name', 'created_at as createdAt', 'logo_type as logoType', 'return_url as returnUrl'])
    .orderBy('created_at')
    .orderBy('id'),
);

const brandingById = statement<{ id: string }>()((db, given) =>
  db
    .selectFrom('partners')
    .select(['name', 'logo_hash as logoHash', 'return_url as returnUrl'])
    .where('id', '=', given('id')),
);

type BrandRow = Pick<PartnersTable, 'id' | 'name' | 'logo_type' | 'logo' | 'logo_hash' | 'return_url'>;

const brandById = statement<{ id: string }>()((db, given) =>
  db
    .selectFrom('partners')
    .select(['id', 'name', 'logo_type', 'logo', 'logo_hash', 'return_url'])
    .where('id', '=', given('id')),
);

const setBrand = statement<BrandRow>()((db, given) =>
  db
    .updateTable('partners')
    .set({
      name: given('name'),
      logo_type: given('logo_type'),
      logo: given('logo'),
      logo_hash: given('logo_hash'),
      return_url: given('return_url'),
    })
    .where('id', '=', given('id')),
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

export function* brandPartner({
  id,
  change: { name, logo, returnUrl },
}: {
  id: string;
  change: BrandingChange;
}): Work<boolean> {
  const row = yield* first(brandById, { id });
  if (!row) return false;
  yield* run(setBrand, {
    ...row,
    ...(name !== undefined && { name }),
    ...(logo !== undefined && {
      logo_type: logo?.type ?? null,
      logo: logo?.base64 ?? null,
      logo_hash: logo?.hash ?? null,
    }),
    ...(returnUrl !== undefined && { return_url: returnUrl }),
  });
  return true;
}

export function* brandingOf(id: string): Work<Branding | null> {
  return (yield* first(brandingById, { id })) ?? null;
}

export function* logoOf(id: string): Work<Logo | null> {
  const row = yield* first(brandById, { id });
  if (!row?.logo) return null;
  const { logo_type: type, logo: base64, logo_hash: hash } = row;
  assert(type !== null && hash !== null, 'a logo is stored with its type and its hash');
  return { type, base64, hash };
}

export function* listPartners(): Work<ListedPartner[]> {
  return [...(yield* all(allPartners, {}))];
}

export function* removePartner(id: string): Work<boolean> {
  return (yield* run(remove, { id })) > 0;
}
