import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExecutionResult } from 'graphql';
import { STREAM_HEADERS } from '../request/streamHeaders.js';

/** Time between two comments, in milliseconds: proxies cut connections that are silent for a minute. */
const COMMENT_INTERVAL_MS = 12_000;

/** A line that clients ignore. */
const COMMENT = ':\n\n';

/** The headers of a stream. */
export const EVENT_STREAM_HEADERS = {
  ...STREAM_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
};

/**
 * Returns the results as server-sent events, in the distinct connections mode of GraphQL over SSE: an event `next` for each
 * result, then `complete`. Takes a result from `results` when the client has read most of those before.
 */
export function toEventStream(results: AsyncIterable<ExecutionResult>): Readable {
  const body = new PassThrough({ highWaterMark: 1 });
  const comments = setInterval(() => {
    if (body.readableLength === 0 && !body.writableEnded) {
      body.write(COMMENT);
    }
  }, COMMENT_INTERVAL_MS).unref();
  body.once('close', () => {
    clearInterval(comments);
  });
  // A failure destroys the body, and with it the connection.
  void pipeline(eventsOf(results), body).catch(() => undefined);
  return body;
}

async function* eventsOf(results: AsyncIterable<ExecutionResult>): AsyncGenerator<string> {
  // Some browsers take the headers only with a first byte.
  yield COMMENT;
  for await (const result of results) {
    yield `event: next\ndata: ${JSON.stringify(result)}\n\n`;
  }
  yield 'event: complete\ndata:\n\n';
}
