import { expect, test } from 'vitest';
import { errorFromAnswer } from './error-from-answer.ts';

test.each([
  ['"invalid id"', 'invalid id'],
  ['{"error":"InvalidId","message":"source not found (3)"}', 'source not found (3)'],
  ['{"errors":{"error":"Invalid limit"}}', 'Invalid limit'],
  ['{"error":{"message":"Invalid URI"}}', 'Invalid URI'],
  ['{"error":"InvalidBody"}', 'InvalidBody'],
  ['<html>', '<html>'],
  ['', 'The server answered 400.'],
])('what %s says is found', (body, message) => {
  expect(errorFromAnswer(400, new Headers(), body)).toMatchObject({ status: 400, message });
});
