import { Field, ID, ObjectType } from 'type-graphql';

/** How a request came to the gateway. */
@ObjectType({ simpleResolvers: true, description: 'How a request came to the gateway. For admins.' })
export class RequestOrigin {
  @Field(() => ID, {
    nullable: true,
    description: 'The API token it came with, by the id that tokens shows; null for people.',
  })
  readonly tokenId!: string | null;

  @Field(() => String, {
    description:
      'The IP address of the client, as far as the proxies in between are trusted (TRUSTED_PROXIES).',
  })
  readonly address!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The User-Agent header, cut to 256 characters; null when there was none.',
  })
  readonly userAgent!: string | null;

  @Field(() => String, {
    description:
      'The X-Request-Id that came, or the one that the gateway gave: what the log and CloudTrail have, too.',
  })
  readonly requestId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The traceparent header (W3C Trace Context); null without one.',
  })
  readonly traceparent!: string | null;
}
