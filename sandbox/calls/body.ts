import type { z } from 'zod';
import type { SignedCall } from './operation.js';

/** Returns the body of a call; undefined if it does not have the form of `schema`. */
export const readBody = <Body>(schema: z.ZodType<Body>, call: SignedCall): Body | undefined =>
  schema.safeParse(readJson(call.body)).data;

/** Returns the value of a JSON text; undefined if it is none. */
export function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}
