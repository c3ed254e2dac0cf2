import { expect, test } from 'vitest';
import { createRequestTimes } from './request-times.ts';

test('counts each request in its bucket and in all that are wider', () => {
  const times = createRequestTimes();
  for (const seconds of [0.0005, 0.02, 0.03, 60]) times.observe('GET', '/v4/destinations/:id', 200, seconds);
  times.observe('GET', '/v4/destinations/:id', 400, 0.5);
  const labels = 'method="GET",route="/v4/destinations/:id",status="200"';
  const text = times.render();
  expect(text).toContain('# TYPE backstitch_http_request_seconds histogram\n');
  for (const [bound, count] of [
    ['0.001', 1],
    ['0.02', 2],
    ['0.05', 3],
    ['30', 3],
    ['+Inf', 4],
  ])
    expect(text).toContain(`backstitch_http_request_seconds_bucket{le="${bound}",${labels}} ${count}\n`);
  expect(text).toContain(`backstitch_http_request_seconds_count{${labels}} 4\n`);
  expect(text).toContain(`backstitch_http_request_seconds_sum{${labels}} 60.0505\n`);
  expect(text).toContain('status="400"} 1\n');
});
