import { randomUUID } from 'node:crypto';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../errors.js';
import type { Log } from '../log.js';

/**
 * Turns errors into what callers see. Faults of the document and `GatewayError`s keep their words; anything unforeseen
 * becomes one message with an incident id, under which the log has it in full.
 */
export function createFormatError(log: Log) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const cause = unwrapResolverError(error);
    if (cause instanceof GatewayError) {
      return { ...formatted, message: cause.message, extensions: { code: cause.code, ...cause.details } };
    }
    const code = formatted.extensions?.['code'];
    // Apollo marks its own and graphql-js's complaints about the request with a code, and everything else with this one.
    if (code !== 'INTERNAL_SERVER_ERROR') {
      return { ...formatted, extensions: { code } };
    }
    // A value that cannot be coerced to its scalar is the caller's, not ours.
    if (cause instanceof GraphQLError && cause.originalError === undefined) {
      return { ...formatted, extensions: { code: 'BAD_USER_INPUT' } };
    }
    const incident = randomUUID();
    log.error({ err: cause, incident, path: formatted.path }, 'unforeseen error');
    return {
      message: `Something went wrong that should not have. The gateway's log has it as incident ${incident}.`,
      ...(formatted.path === undefined ? {} : { path: formatted.path }),
      extensions: { code: 'INTERNAL_ERROR', incident },
    };
  };
}
