import {
  type ExactJson,
  type ExactJsonObject,
  InvalidJson,
  type ParsedJson,
  parseExactJson,
} from '../lib/exact-json.ts';
import { parseEnvelope } from './batch-envelope.ts';
import { BatchRefusal, invalid } from './batch-refusal.ts';
import { countDataPoints } from './data-points.ts';
import { asInteger } from './integer.ts';
import { findKeyProblem } from './keys.ts';
import { maxDataPoints, maxKeyLength, maxSteps } from './limits.ts';
import type { Integer, Message, OnInvalid, RejectedRecord } from './message.ts';
import { type Check, Run } from './schema/check.ts';
import { InvalidSchema } from './schema/keyword.ts';
import { OutOfSteps } from './schema/step-budget.ts';
import type { CompileSchema } from './validate-record.ts';

/** A body of `POST /v2/import/batch`. Values stay in the thread that parsed them. */
export interface AcceptedBatch {
  readonly tableName: string;
  readonly schema: ExactJsonObject;
  /** Each once; empty: the table is append-only. */
  readonly keyNames: readonly string[];
  readonly tableVersion: Integer | null;
  readonly bookmarkNames: readonly string[];
  /** In their order, without the rejected ones. */
  readonly messages: readonly Message[];
  /** Only where the source rejects records one by one. */
  readonly rejected: readonly RejectedRecord[];
}

export interface BatchOptions {
  readonly onInvalid: OnInvalid;
  readonly compileSchema: CompileSchema;
}

/**
 * Reads and checks a body. Deterministic: a stored body gives the same messages and rejections whenever it is parsed
 * with the same options. The caller has refused bodies over `maxBodyBytes`.
 * @throws {BatchRefusal} with the text of the 400
 */
export function parseBatch(bytes: Uint8Array, options: BatchOptions): AcceptedBatch {
  const { value, largestElement } = parse(bytes);
  const envelope = parseEnvelope(value);
  const keyNames = [...new Set(envelope.key_names)];
  const check = compile(envelope.schema, options.compileSchema);
  const judge = recordJudge(check, keyNames, largestElement > maxDataPoints);

  const messages: Message[] = [];
  const rejected: RejectedRecord[] = [];
  for (const [position, message] of envelope.messages.entries()) {
    const sequence = asInteger(message.sequence);
    if (message.action !== 'upsert') {
      messages.push({ action: 'activate', position, sequence });
      continue;
    }
    const data = message.data as ExactJsonObject;
    const refusal = judge(data, position);
    if (refusal === null) {
      const extractedAt = (message.time_extracted as string | undefined) ?? null;
      messages.push({ action: 'upsert', position, sequence, data, extractedAt });
    } else if (options.onInvalid === 'reject') {
      rejected.push({ position, reason: refusal.message, message });
    } else throw refusal;
  }
  return {
    tableName: envelope.table_name,
    schema: envelope.schema,
    keyNames,
    tableVersion: envelope.table_version === undefined ? null : asInteger(envelope.table_version),
    bookmarkNames: envelope.bookmark_names ?? [],
    messages,
    rejected,
  };
}

function parse(bytes: Uint8Array): ParsedJson {
  try {
    return parseExactJson(bytes, { list: 'messages', key: 'sequence' });
  } catch (error) {
    if (error instanceof InvalidJson) throw invalid('#', `the body is not JSON: ${error.message}`);
    throw error;
  }
}

function compile(schema: ExactJsonObject, compileSchema: CompileSchema): Check {
  try {
    return compileSchema(schema);
  } catch (error) {
    if (error instanceof InvalidSchema) throw new BatchRefusal(`Invalid JSON schema: ${error.message}`);
    throw error;
  }
}

/** Says what is wrong with a record for its own sake, or null. Counts its values only where some record is large. */
function recordJudge(check: Check, keyNames: readonly string[], countsValues: boolean) {
  const run = new Run(maxSteps);
  return (data: ExactJsonObject, position: number): BatchRefusal | null => {
    const violation = holdAgainst(check, data, run);
    if (violation !== null)
      return new BatchRefusal(
        `Record ${position} did not conform to schema: #${violation.path}: ${violation.message}`,
      );
    const place = `#/messages/${position}/data`;
    const wrong = findKeyProblem(data, keyNames, maxKeyLength.batch);
    if (wrong !== null) return keyRefusal(wrong, place);
    const points = countsValues ? countDataPoints(data) : 0;
    if (points > maxDataPoints)
      return invalid(place, `a record can have ${maxDataPoints} data points, found: ${points}`);
    return null;
  };
}

function keyRefusal(
  { key, problem }: NonNullable<ReturnType<typeof findKeyProblem>>,
  place: string,
): BatchRefusal {
  if (problem === 'container') return invalid(`${place}/${key}`, 'a key can not be an object or array');
  if (problem === 'too-long')
    return invalid(`${place}/${key}`, `a string key can have ${maxKeyLength.batch} characters at most`);
  return new BatchRefusal(`Record is missing key property ${key}`);
}

function holdAgainst(check: Check, data: ExactJson, run: Run): ReturnType<Check> {
  try {
    return check(data, run);
  } catch (error) {
    if (error instanceof OutOfSteps)
      throw invalid('#/schema', 'it takes too long to check the records; simplify it or send fewer records');
    throw error;
  }
}
