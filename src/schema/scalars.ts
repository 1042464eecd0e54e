import { GraphQLDateTimeISO } from 'graphql-scalars';
import { GraphQLError, GraphQLScalarType, Kind, print, type ValueNode } from 'graphql';

/**
 * An account id. The scalar accepts any string: the services refuse one that is not 12 digits with a fault that names
 * the field and the account. The scalar refuses a number, which has lost its leading zeros.
 */
export const AwsAccountId = quotedString(
  'AwsAccountId',
  'The id of an AWS account: a string of 12 digits, such as "012345678901". A number is refused, because ' +
    'leading zeros matter. Any other string gets a userError (mutations) or BAD_USER_INPUT (queries) that names ' +
    'the field.',
  'It stands for an account id of exactly 12 digits, and leading zeros matter.',
);

/** The code of a region. The scalar accepts any string: the services know the configured regions. */
export const AwsRegion = quotedString(
  'AwsRegion',
  'The code of an AWS region in lower case, such as "eu-west-1". Mutations take only regions configured for ' +
    'the administrator, else UNKNOWN_REGION. As a filter, an unknown region matches nothing.',
  'It stands for the code of an AWS region, for instance "eu-west-1".',
);

/** An e-mail address. The scalar accepts any string: the services check GuardDuty's rules (UPSTREAMS.md, "GuardDuty"). */
export const EmailAddress = quotedString(
  'EmailAddress',
  "The e-mail address of a member, by GuardDuty's rules for AccountDetail.Email: 6 to 64 characters of 7-bit ASCII, one " +
    '@. Before the @: no white space, no leading dot, none of " \' ( ) < > [ ] : , \\ | % &. After the @: A-Z a-z 0-9 . ' +
    'and -, at least one dot, no dot or hyphen at either end. For Security Hub alone: any address with one @, up to 320 ' +
    'characters. Any other address gets a userError that names the account.',
  'It stands for an e-mail address.',
);

/** A moment, in UTC with milliseconds. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description:
    'A moment in UTC, by ISO 8601 (RFC 3339) with milliseconds: "2026-03-01T02:14:07.120Z". All are from the ' +
    "clock of the gateway's database, so those of one request compare.",
});

/** Returns a scalar that is a string in both directions. Its error for any other value says how to write it. */
function quotedString(name: string, description: string, meaning: string): GraphQLScalarType<string, string> {
  const refusal = (came: string) => `${name} must be a quoted string; it was ${came}. ${meaning}`;
  return new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: (value) => String(value),
    parseValue(value) {
      if (typeof value === 'string') {
        return value;
      }
      throw new GraphQLError(refusal(JSON.stringify(value)));
    },
    parseLiteral(node: ValueNode) {
      if (node.kind === Kind.STRING) {
        return node.value;
      }
      throw new GraphQLError(refusal(print(node)), { nodes: node });
    },
  });
}
