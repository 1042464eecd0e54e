import { createParser, type EventSourceMessage } from 'eventsource-parser';

/**
 * Yields the server-sent events of a body until it ends. Calls `alive` for everything that arrives, comments too.
 *
 * @throws What reading the body rejects with, when the connection breaks or the request is aborted.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  alive: () => void,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      alive();
      parser.feed(decoder.decode(value, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    // The reader may have left in the middle; a connection that broke cannot be canceled.
    await reader.cancel().catch(() => undefined);
  }
}
