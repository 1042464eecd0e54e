import { z } from 'zod';

/** The first parts of the gateway's own addresses: a base path that began with one could not be told from it. */
const OWN = ['graphql', 'export', 'explorer', 'health', 'metrics'];

/** The URL under which clients reach the gateway through a proxy, without a slash at its end. */
export const publicUrlVariable = z
  .string()
  .transform((text) => URL.parse(text))
  .refine((url) => url !== null && isPlain(url), {
    error:
      'expected an http or https URL without user, query and fragment, such as https://tools.example.com/members/',
    abort: true,
  })
  .refine((url) => !OWN.includes(url?.pathname.split('/')[1] ?? ''), {
    error: `expected a path that begins otherwise than the gateway's own: ${OWN.join(', ')}`,
  })
  .transform((url) => (url?.href ?? '').replace(/\/$/, ''));

function isPlain({ protocol, username, password, search, hash }: URL): boolean {
  return ['http:', 'https:'].includes(protocol) && `${username}${password}${search}${hash}` === '';
}
