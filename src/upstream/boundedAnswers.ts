import { pipeline, Transform, type Readable, type TransformCallback } from 'node:stream';
import { createUnzip } from 'node:zlib';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/**
 * Largest body of an answer, in bytes. Ours: a page of 50 members has about 20 kB. The SDK parses a body in one piece, which
 * holds the event loop.
 */
const MAX_ANSWER_BYTES = 1_048_576;

/** Encodings that Node's Unzip reads. A proxy may use them although no request asks for them (RFC 9110, 12.5.3). */
const COMPRESSED = new Set(['gzip', 'x-gzip', 'deflate']);

/**
 * Sends requests as NodeHttpHandler does, and decompresses answers. The body of an answer breaks off with an error above
 * 1 MiB, and when it is not whole in time: the SDK's own limits begin anew with each byte.
 */
export class BoundedHttpHandler extends NodeHttpHandler {
  readonly #bodyLimitMs: number;

  /** @param bodyLimitMs longest time from the headers of an answer to the end of its body, in milliseconds. */
  constructor(bodyLimitMs: number, options: ConstructorParameters<typeof NodeHttpHandler>[0]) {
    super(options);
    this.#bodyLimitMs = bodyLimitMs;
  }

  override async handle(
    ...[request, options]: Parameters<NodeHttpHandler['handle']>
  ): ReturnType<NodeHttpHandler['handle']> {
    const { response } = await super.handle(request, options);
    const isCompressed = COMPRESSED.has(response.headers['content-encoding'] ?? '');
    response.body = bounded(response.body as Readable, isCompressed, this.#bodyLimitMs);
    return { response };
  }
}

function bounded(body: Readable, isCompressed: boolean, limitMs: number): Readable {
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
  const timer = setTimeout(() => {
    const error = new Error(`the answer was not whole within ${limitMs} ms`);
    limit.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  }, limitMs);
  // An error also reaches the reader of `limit`; the callback keeps it from being thrown.
  const end = (): void => {
    clearTimeout(timer);
  };
  return isCompressed ? pipeline(body, createUnzip(), limit, end) : pipeline(body, limit, end);
}
