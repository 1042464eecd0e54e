import { createHash, createHmac, type Hash } from 'node:crypto';
import type { Checksum, SourceData } from '@smithy/types';

/** Node's SHA-256 with the interface of the signer: an HMAC if given a secret. */
export class NodeSha256 implements Checksum {
  private hash: Hash | ReturnType<typeof createHmac>;

  constructor(private readonly secret?: SourceData) {
    this.hash = this.newHash();
  }

  update(chunk: Uint8Array): void {
    this.hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    this.hash = this.newHash();
  }

  private newHash(): Hash | ReturnType<typeof createHmac> {
    if (this.secret === undefined) {
      return createHash('sha256');
    }
    return createHmac('sha256', typeof this.secret === 'string' ? this.secret : bytesOf(this.secret));
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
