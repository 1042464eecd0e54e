import { Field, ID, ObjectType } from 'type-graphql';

/** The origin of a request. */
@ObjectType({ simpleResolvers: true, description: 'The origin of a request. For admins.' })
export class RequestOrigin {
  @Field(() => ID, { nullable: true, description: 'The API token. Null for people.' })
  readonly tokenId!: string | null;

  @Field(() => String, {
    description: "The client's IP address, as far as the proxies are trusted (TRUSTED_PROXIES).",
  })
  readonly address!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The User-Agent header, cut to 256 characters. Null without one.',
  })
  readonly userAgent!: string | null;

  @Field(() => String, {
    description: 'The X-Request-Id that came, else one from the gateway; also in the log and CloudTrail.',
  })
  readonly requestId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The trace context (W3C): the traceparent header or, while tracing is on, the span that accepted the request. Null without one.',
  })
  readonly traceparent!: string | null;
}
