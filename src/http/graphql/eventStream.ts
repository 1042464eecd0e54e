import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { STREAM_HEADERS } from '../request/streamHeaders.js';

export const EVENT_STREAM_TYPE = 'text/event-stream';

/** Time between two comments, in milliseconds: proxies cut connections that are silent for a minute. */
const COMMENT_INTERVAL_MS = 12_000;

/** A line that clients ignore. */
const COMMENT = ':\n\n';

/** The headers of a stream. */
export const EVENT_STREAM_HEADERS = {
  ...STREAM_HEADERS,
  'content-type': `${EVENT_STREAM_TYPE}; charset=utf-8`,
};

/**
 * Returns the body of a stream of server-sent events, with a comment when there was no event for some time. Takes an event from
 * `events` when the client has read most of those before.
 */
export function toEventStream(events: AsyncIterable<string>): Readable {
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
  void pipeline(afterComment(events), body).catch(() => undefined);
  return body;
}

/** Some browsers take the headers only with a first byte. */
async function* afterComment(events: AsyncIterable<string>): AsyncGenerator<string> {
  yield COMMENT;
  yield* events;
}

/** The events of one operation, in the distinct connections mode of GraphQL over SSE: its results, which are JSON, and the end. */
export async function* eventsOf(results: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  for await (const result of results) {
    yield nextEvent(result);
  }
  yield completeEvent('');
}

/** An event with a result. @param data JSON in one line. */
export function nextEvent(data: string): string {
  return `event: next\ndata: ${data}\n\n`;
}

/** The event after the last result of an operation. */
export function completeEvent(data: string): string {
  return `event: complete\ndata: ${data}\n\n`;
}
