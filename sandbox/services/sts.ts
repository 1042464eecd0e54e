import type { CredentialDirectory } from '../wire/credentials.js';
import type { Answer, Operation, ServiceEntry, SignedCall } from '../calls/operation.js';
import { accessDenied, badInput } from '../wire/refusal.js';
import { escapeXml, STS_NAMESPACE } from '../wire/reply.js';
import type { Settings } from '../settings.js';

/** Duration of a role session in seconds. AWS allows 900 to 43200. */
const SESSION_SECONDS = { default: 3600, min: 900, max: 43_200 };

const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** Returns STS with GetCallerIdentity and AssumeRole, in the query protocol: form requests, XML answers. */
export function createSts(directory: CredentialDirectory, settings: () => Settings): ServiceEntry {
  return (call) => {
    if (call.method !== 'POST' || call.segments.length > 0) {
      return undefined;
    }
    const form = new URLSearchParams(call.body.toString());
    const action = form.get('Action');
    if (action === 'GetCallerIdentity') {
      return getCallerIdentity(call);
    }
    if (action === 'AssumeRole') {
      return assumeRole(call, form, directory, settings);
    }
    return undefined;
  };
}

const getCallerIdentity = ({ identity, requestId }: SignedCall): Operation => ({
  name: 'GetCallerIdentity',
  accountIds: [],
  check: () => undefined,
  perform: () =>
    answer('GetCallerIdentity', requestId, {
      Arn: identity.arn,
      UserId: identity.userId,
      Account: identity.account,
    }),
});

function assumeRole(
  call: SignedCall,
  form: URLSearchParams,
  directory: CredentialDirectory,
  settings: () => Settings,
): Operation {
  const roleArn = form.get('RoleArn') ?? '';
  const sessionName = form.get('RoleSessionName') ?? '';
  const seconds = Number(form.get('DurationSeconds') ?? SESSION_SECONDS.default);
  const [, account = '', roleName = ''] = ROLE_ARN.exec(roleArn) ?? [];

  return {
    name: 'AssumeRole',
    accountIds: [],
    check() {
      if (!account) {
        throw badInput('sts', `${roleArn} is invalid`);
      }
      if (!SESSION_NAME.test(sessionName)) {
        throw badInput('sts', "Value at 'roleSessionName' failed to satisfy constraint");
      }
      if (!(seconds >= SESSION_SECONDS.min && seconds <= SESSION_SECONDS.max)) {
        throw badInput(
          'sts',
          `Value at 'durationSeconds' must be between ${SESSION_SECONDS.min} and ${SESSION_SECONDS.max}`,
        );
      }
      const rule = settings().roles[roleName];
      if (rule?.denied || (rule?.externalId !== undefined && rule.externalId !== form.get('ExternalId'))) {
        throw accessDenied('sts', call.identity.arn, `AssumeRole on resource: ${roleArn}`);
      }
    },
    perform() {
      const session = directory.issue({ account, roleName, sessionName, seconds });
      return answer('AssumeRole', call.requestId, {
        AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
        Credentials: {
          AccessKeyId: session.accessKeyId,
          SecretAccessKey: session.secretAccessKey,
          SessionToken: session.sessionToken ?? '',
          Expiration: new Date(session.expiresAt ?? 0).toISOString(),
        },
      });
    },
  };
}

interface Fields {
  readonly [name: string]: string | Fields;
}

const answer = (action: string, requestId: string, result: Fields): Answer => ({
  body: `<${action}Response xmlns="${STS_NAMESPACE}"><${action}Result>${elements(result)}</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
  unprocessed: [],
});

const elements = (fields: Fields): string =>
  Object.entries(fields)
    .map(
      ([name, value]) =>
        `<${name}>${typeof value === 'string' ? escapeXml(value) : elements(value)}</${name}>`,
    )
    .join('');
