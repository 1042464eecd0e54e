import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { DoubtEnding as DoubtEndingName } from '../../membership.js';
import { describedEnum } from '../enums.js';
import { UpstreamCall } from './call.js';
import { MutationPayload } from '../userError.js';

/** The end of the accounts of a doubt. */
const DoubtEnding = describedEnum<DoubtEndingName>(
  'DoubtEnding',
  'How the accounts of a call in doubt end.',
  {
    PROCESSED: 'The service did the work: the outcomes are PROCESSED.',
    FAILED:
      'The service did not do it: the outcomes are FAILED with UNREACHABLE, and retryRequest may send them again.',
  },
);

/** The doubt to settle by hand. */
@InputType({ description: 'A call in doubt, and how it ends.' })
export class ResolveDoubtInput {
  @Field(() => ID, {
    description:
      'The id of the call, from doubts. NOT_IN_DOUBT if it is settled or was not read back yet; NOT_FOUND if it does ' +
      'not exist or the caller may not use its administrator.',
  })
  readonly callId!: string;

  @Field(() => DoubtEnding, { description: 'How its accounts end. Look at the service first.' })
  readonly ending!: DoubtEndingName;

  @Field(() => String, {
    description: 'For the record, 1 to 1,000 characters: what the service showed, who looked, a ticket.',
  })
  readonly reason!: string;
}

/** The answer of `resolveDoubt`. */
@ObjectType({
  simpleResolvers: true,
  description: 'The call, now settled, or why it cannot be settled by hand.',
})
export class ResolveDoubtPayload extends MutationPayload {
  @Field(() => UpstreamCall, { nullable: true, description: 'The call. Null with userErrors.' })
  readonly call!: Readonly<UpstreamCall> | null;
}
