import type { FinalizeHandler, MetadataBearer, MiddlewareStack } from '@smithy/types';

/** The part of an SDK command that this file uses. */
interface Taggable<Input extends object, Output extends MetadataBearer> {
  readonly middlewareStack: MiddlewareStack<Input, Output>;
}

/**
 * The command with the id of its call at the end of the User-Agent header. CloudTrail keeps that header as `userAgent`, so
 * an event there leads to the call in the record, to its requests and to their X-Request-Id. The session name cannot carry
 * the id, since all calls of an administrator share a session. The signature does not cover the header.
 */
export function withCallTag<
  Input extends object,
  Output extends MetadataBearer,
  Command extends Taggable<Input, Output>,
>(command: Command & Taggable<Input, Output>, callId: string | undefined): Command {
  if (callId === undefined) {
    return command;
  }
  const tag =
    (next: FinalizeHandler<Input, Output>): FinalizeHandler<Input, Output> =>
    (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['user-agent'] = `${headers['user-agent'] ?? ''} md/call#${callId}`.trimStart();
      return next(args);
    };
  command.middlewareStack.add(tag, { step: 'finalizeRequest', priority: 'low', name: 'callTag' });
  return command;
}
