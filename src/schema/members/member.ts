import { Field, ObjectType } from 'type-graphql';
import type { MemberStatus as MemberStatusName } from '../../membership.js';
import { connectionOf } from '../connection.js';
import { ListedMember } from '../listedMember.js';
import { MemberStatus } from '../memberStatus.js';
import { DateTime } from '../scalars.js';

/** A member account as its service shows it now. */
@ObjectType({
  simpleResolvers: true,
  description:
    'One account at one target, read from AWS for this answer or observed at most maxAgeSeconds ago, never from ' +
    'the record: changes in the console or through Organizations show too.',
})
export class Member extends ListedMember {
  @Field(() => MemberStatus, { description: 'The status.' })
  readonly status!: MemberStatusName;

  @Field(() => DateTime, {
    description:
      'The service was read then or shortly after; nothing is cached without maxAgeSeconds. From the inventory: ' +
      'when the observation of the target began.',
  })
  readonly observedAt!: Date;
}

/** A page of members. */
export const MemberConnection = connectionOf(Member, 'members');
export type MemberConnection = InstanceType<typeof MemberConnection>;
