import { expect, test } from 'vitest';
import { parseJobName, renderJobName } from './job-name.ts';

const uuid = '6f1c1e0e-6d7b-4f0e-8d35-0d6c36a4a1aa';

test('a job name carries account, destination and uuid', () => {
  const name = renderJobName({ accountId: 116078, destinationId: 120645, uuid });
  expect(name).toBe(`116078.120645.check.${uuid}`);
  expect(parseJobName(name)).toEqual({ accountId: 116078, destinationId: 120645, uuid });
});

test.each([
  '',
  '116078.120645.check.',
  `0.1.check.${uuid}`,
  `1.2.sync.${uuid}`,
  `1.2.check.${uuid}x`,
  `a.b.check.${uuid}`,
])('%j is no job name', (name) => {
  expect(parseJobName(name)).toBeNull();
});
