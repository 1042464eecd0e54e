import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** The variables with secrets. Each may be in a file instead, which the variable with `_FILE` behind its name names. */
export const SECRETS = [
  'DATABASE_URL',
  'DIRECT_DATABASE_URL',
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
];

/**
 * The variables `own`, with those of the file and with the secrets of files that a `_FILE` variable names. `own` wins over the
 * file, also with an empty value and with the other form of a secret.
 *
 * @param envFile a file in the form of Node's `--env-file`; it may be missing.
 * @param faults gets a line for each file that cannot be read, and for each secret that is there in both forms.
 */
export function completeEnvironment(
  own: NodeJS.ProcessEnv,
  envFile: string,
  faults: string[],
): NodeJS.ProcessEnv {
  const variables = { ...readEnvFile(envFile, own, faults), ...own };
  for (const name of SECRETS) {
    const file = variables[`${name}_FILE`] ?? '';
    if (file === '') {
      continue;
    }
    if ((variables[name] ?? '') !== '') {
      faults.push(`${name}_FILE: expected without ${name}; remove one of the two`);
      continue;
    }
    const secret = readSecret(`${name}_FILE`, file, faults);
    if (secret !== undefined) {
      variables[name] = secret;
    }
  }
  return variables;
}

function readEnvFile(file: string, own: NodeJS.ProcessEnv, faults: string[]): NodeJS.ProcessEnv {
  const text = readText('.env', file, faults, ['ENOENT', 'EISDIR']);
  if (text?.includes('\0') === true) {
    faults.push('.env: expected a text in UTF-8; got another encoding, as some editors and shells write it');
    return {};
  }
  const variables = parseEnv(text ?? '');
  const replaced = SECRETS.map((name) => [name, `${name}_FILE`]).filter((forms) =>
    forms.some((form) => own[form] !== undefined),
  );
  const unused = new Set(replaced.flat());
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !unused.has(name)));
}

function readSecret(variable: string, file: string, faults: string[]): string | undefined {
  const text = readText(variable, file, faults);
  if (text === undefined) {
    return undefined;
  }
  let end = text.length;
  while (['\r', '\n'].includes(text.charAt(end - 1))) {
    end -= 1;
  }
  if (end === 0) {
    faults.push(`${variable}: expected a file with the secret; got an empty one`);
    return undefined;
  }
  return text.slice(0, end);
}

/** The text of a file, without a byte order mark. Undefined with a fault, or with an error that is `allowed`. */
function readText(
  name: string,
  file: string,
  faults: string[],
  allowed: readonly string[] = [],
): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!allowed.includes(code)) {
      faults.push(`${name}: cannot be read: ${message}`);
    }
    return undefined;
  }
}
