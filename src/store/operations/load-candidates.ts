import { sql } from 'kysely';
import { statement } from '../statement.ts';
import { resting } from './lane-rest.ts';

interface Wanted {
  readonly now: number;
  /** A lane whose oldest batch came later waits for more, unless it has enough bytes. */
  readonly cameBefore: number;
  readonly enoughBytes: number;
  readonly lanesPerAccount: number;
  readonly lanesPerDestination: number;
  readonly limit: number;
}

/**
 * Lanes that may be loaded now. The account with the fewest lanes under way comes first, and within an account the lane
 * whose next batch has waited longest. The lanes with batches are found by leaps through the index: there may be very
 * many batches, and few lanes. Nothing is locked here.
 */
export const loadCandidates = statement<Wanted>()((db, given) =>
  sql<{ id: number }>`
      with recursive unplanned (lane_id) as (
        select min(lane_id) from batches where outcome is null and load_id is null
        union all
        select (
          select min(batches.lane_id) from batches
          where batches.outcome is null and batches.load_id is null and batches.lane_id > unplanned.lane_id
        )
        from unplanned where unplanned.lane_id is not null
      ),
      filled (lane_id) as (
        select lane_id from unplanned where lane_id is not null
        union
        select lane_id from loads where completed_at is null
      ),
      free as (
        select lanes.id, lanes.account_id, sources.destination_id,
          (select min(first_position) from loads where lane_id = lanes.id and completed_at is null) as planned,
          (
            select min(position) from batches where lane_id = lanes.id and outcome is null and load_id is null
          ) as unplanned
        from filled
        join lanes on lanes.id = filled.lane_id
        join sources on sources.id = lanes.source_id
        join accounts on accounts.id = lanes.account_id
        left join destinations on destinations.id = sources.destination_id
        where not ${resting}
          and (lanes.owner is null or lanes.lease_until <= ${given('now')})
          and (lanes.retry_at is null or lanes.retry_at <= ${given('now')})
          -- A replay and the lane that it repeats are never loaded into one destination at the same time: it goes first.
          and not exists (
            select 1 from lanes as replay join sources as led on led.id = replay.source_id
            where replay.origin_id = lanes.id and led.destination_id = sources.destination_id and led.deleted_at is null
              and exists (select 1 from batches where batches.lane_id = replay.id and batches.outcome is null)
          )
          and not exists (
            select 1 from lanes as origin join sources as led on led.id = origin.source_id
            left join loads on loads.id = origin.load_id
            where origin.id = lanes.origin_id and (
              led.paused_at is not null or led.deleted_at is not null
              or (origin.lease_until > ${given('now')} and loads.destination_id = sources.destination_id)
            )
          )
      ),
      joined as (
        select free.id, free.account_id, free.destination_id, coalesce(free.planned, free.unplanned) as waiting
        from free
        left join batches as oldest on oldest.position = free.unplanned
        where free.planned is not null
          or oldest.received_at <= ${given('cameBefore')}
          -- The clock went back since.
          or oldest.received_at > ${given('now')}
          or ${given('enoughBytes')} <= (
            select sum(raw_bytes) from lane_totals where lane_id = free.id and outcome = 'waiting'
          )
      ),
      ranked as (
        select joined.id, joined.waiting,
          row_number() over (partition by joined.account_id order by joined.waiting) + (
            select count(*) from lanes
            where lanes.account_id = joined.account_id
              and lanes.owner is not null and lanes.lease_until > ${given('now')}
          ) as turn,
          row_number() over (partition by joined.destination_id order by joined.waiting) + (
            select count(*) from lanes join sources on sources.id = lanes.source_id
            where sources.destination_id = joined.destination_id
              and lanes.owner is not null and lanes.lease_until > ${given('now')}
          ) as place
        from joined
      )
      select id from ranked
      where turn <= ${given('lanesPerAccount')} and place <= ${given('lanesPerDestination')}
      order by turn, waiting
      limit ${given('limit')}
    `.compile(db),
);
