import type { FinalizeHandler, MetadataBearer, MiddlewareStack } from '@smithy/types';

/** A command of the SDK, as far as its middleware goes. */
interface Taggable<Input extends object, Output extends MetadataBearer> {
  readonly middlewareStack: MiddlewareStack<Input, Output>;
}

/**
 * The command with the id of its call at the end of the User-Agent header, which CloudTrail keeps as `userAgent`: from an
 * event there to the call in the record, and on to the requests it carried and the X-Request-Id they came with. A session
 * name could not say it: one session is shared by all calls of an administrator. The header is no part of the signature.
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
