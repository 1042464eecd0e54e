import {
  fromHttp,
  fromIni,
  fromInstanceMetadata,
  fromNodeProviderChain,
} from '@aws-sdk/credential-providers';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Credentials } from './credentialSources.js';
import { isFromProvider } from './errors.js';

/** How the chain asks STS. */
interface ChainSettings {
  readonly region: string;
  readonly requestHandler: NodeHttpHandler;
}

/** What the SDK writes before the reason of a source. */
const REASON = '@smithy/property-provider -> ';

/** Lines that say nothing of a source. */
const NO_REASON = /^(?:Skipping SSO provider|AWS_EC2_METADATA_V1_DISABLED not set)/;

/**
 * Credentials of the SDK's default chain, or of a profile of the AWS configuration files, read anew each time. The error says
 * why each source of the chain has none: the SDK's own says only that there are none.
 */
export async function credentialsOfChain(
  clientConfig: ChainSettings,
  profile: string | null,
): Promise<Credentials> {
  // A new chain, and `ignoreCache`: the SDK's chain keeps keys without an expiry, and the contents of files, for ever.
  // `maxRetries`: shareCredentials tries again.
  const init = { clientConfig, ignoreCache: true, maxRetries: 0 };
  const log = createReasonLog();
  try {
    return await (profile === null
      ? fromNodeProviderChain({ ...init, logger: log.logger })()
      : fromIni({ ...init, profile })());
  } catch (error) {
    if (!isFromProvider(error)) {
      throw error;
    }
    const reasons = [wordsOf(error), ...log.reasons()];
    try {
      const credentials = await askRemoteSource(log);
      if (credentials !== null) {
        return credentials;
      }
    } catch (remoteError) {
      reasons.push(wordsOf(remoteError));
    }
    throw Object.assign(new Error(reasons.map(withoutCommand).join('; ')), {
      name: 'CredentialsProviderError',
    });
  }
}

/** The logger of the chain, which is the only place where the SDK tells the reasons. */
function createReasonLog() {
  const lines: string[] = [];
  const note = (line: unknown): void => {
    lines.push(String(line));
  };
  return {
    logger: { debug: note, info: note, warn: note, error: note },
    reasons: () =>
      lines
        .filter((line) => line.startsWith(REASON))
        .map((line) => line.slice(REASON.length))
        .filter((line) => !NO_REASON.test(line)),
    hasAsked: (source: string) => lines.some((line) => line.includes(`remoteProvider::${source}`)),
  };
}

/** Asks the endpoint of the container or the instance once more, if the chain got to it: its words do not reach the log. */
function askRemoteSource(log: ReturnType<typeof createReasonLog>): Promise<Credentials> | null {
  if (log.hasAsked('fromHttp')) {
    return fromHttp({ maxRetries: 0 })();
  }
  return log.hasAsked('fromInstanceMetadata') ? fromInstanceMetadata({ maxRetries: 0 })() : null;
}

/** The message, with the words of a credential endpoint's 4xx, which the SDK puts beside it. */
function wordsOf(error: unknown): string {
  const { message, Code, Message } = error as {
    readonly message?: unknown;
    readonly Code?: unknown;
    readonly Message?: unknown;
  };
  const details = [Code, Message].filter((word) => typeof word === 'string' && word !== '');
  return details.length === 0 ? String(message) : `${String(message)} (${details.join(': ')})`;
}

/** The command line of a credential process, and its output, may have secrets. */
function withoutCommand(words: string): string {
  return words.replace(/Command failed: .*/s, 'the credential process failed');
}
