import { GraphQLDateTimeISO } from 'graphql-scalars';
import { GraphQLError, GraphQLScalarType, Kind, print, type ValueNode } from 'graphql';

/**
 * An account id. Any string passes here; the services refuse one that is not 12 digits with a fault that names the
 * field and the account. A number is refused here: it has lost its leading zeros before anybody can help.
 */
export const AwsAccountId = quotedString(
  'AwsAccountId',
  'The id of an AWS account: exactly 12 digits, for instance "012345678901". Always a quoted string, in ' +
    'answers and in arguments, because leading zeros matter; a number is refused. A string that is not 12 ' +
    'digits is answered with a userError (mutations) or BAD_USER_INPUT (queries) that names the field.',
  'It stands for an account id of exactly 12 digits, and leading zeros matter.',
);

/** A region's code. Any string passes here; the services know which ones are configured. */
export const AwsRegion = quotedString(
  'AwsRegion',
  'The code of an AWS region, for instance "eu-west-1": lower case, not the long name. A mutation takes ' +
    'only regions configured for the administrator (see administrators) and answers another with the ' +
    'userError UNKNOWN_REGION; as a filter, an unknown region simply matches nothing.',
  'It stands for the code of an AWS region, for instance "eu-west-1".',
);

/** An e-mail address. Any string passes here; the services apply GuardDuty's rules (UPSTREAMS.md, "GuardDuty"). */
export const EmailAddress = quotedString(
  'EmailAddress',
  "The e-mail address of a member account, by GuardDuty's rules for AccountDetail.Email: 6 to 64 " +
    'characters, 7-bit ASCII, exactly one @. Before the @: no white space, none of " \' ( ) < > [ ] : , \\ | ' +
    '% & and no leading dot. After it: A-Z a-z 0-9 . and -, at least one dot, no dot or hyphen at either ' +
    'end. A request for Security Hub alone takes any address with one @, up to 320 characters. Else: a ' +
    'userError that names the account.',
  'It stands for an e-mail address.',
);

/** A moment, written with milliseconds and in UTC. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description:
    'A moment in time, as ISO 8601 (RFC 3339) in UTC with milliseconds, for instance ' +
    '"2026-03-01T02:14:07.120Z". Moments are taken from the gateway\'s database clock, so those of one ' +
    'request can be compared.',
});

/** A scalar that is a string in both directions and says, when something else comes, how to write it. */
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
