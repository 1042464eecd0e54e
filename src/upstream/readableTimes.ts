import type { Readable } from 'node:stream';
import { streamCollector } from '@smithy/node-http-handler';
import type { StreamCollector } from '@smithy/types';
import { timeOf } from './answerText.js';

/** The times of a member. */
const TIMES = new Set(['InvitedAt', 'UpdatedAt']);

/**
 * The body of an answer of Security Hub, without the times that cannot be read. The SDK gives up a whole answer for one of
 * them, and with it the other 49 accounts. GuardDuty's times are texts for the SDK.
 */
export const withReadableTimes: StreamCollector = async (stream: Readable) => {
  const body = await streamCollector(stream);
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString(), (key, entry: unknown) =>
      // A reviver that returns undefined removes the entry.
      TIMES.has(key) ? timeOf(entry)?.toISOString() : entry,
    );
    return Buffer.from(JSON.stringify(value));
  } catch {
    return body;
  }
};
