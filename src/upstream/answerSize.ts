import { pipeline, Transform, type Readable, type TransformCallback } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/**
 * Largest body of an answer, in bytes. Ours: a page of 50 members has about 20 kB. The SDK parses a body in one piece, which
 * holds the event loop.
 */
const MAX_ANSWER_BYTES = 1_048_576;

/** Sends requests as NodeHttpHandler does. The body of an answer above 1 MiB breaks off with an error. */
export class BoundedHttpHandler extends NodeHttpHandler {
  override async handle(
    ...[request, options]: Parameters<NodeHttpHandler['handle']>
  ): ReturnType<NodeHttpHandler['handle']> {
    const { response } = await super.handle(request, options);
    response.body = bounded(response.body as Readable);
    return { response };
  }
}

function bounded(body: Readable): Readable {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) {
        const error = new Error(`an answer may have ${MAX_ANSWER_BYTES} bytes, and this one has more`);
        done(Object.assign(error, { code: 'ANSWER_TOO_LARGE' }));
      } else {
        done(null, chunk);
      }
    },
  });
  // The error also reaches the reader of `limit`; the callback only keeps it from being thrown.
  return pipeline(body, limit, () => undefined);
}
