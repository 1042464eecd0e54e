import { describe, expect, it } from 'vitest';
import { KNOWN_VARIABLES } from '../../src/config/loadConfig.js';
import { misspeltVariables } from '../../src/config/misspeltVariables.js';

const named = (env: Record<string, string>) => misspeltVariables(env, KNOWN_VARIABLES);

describe('a misspelt variable', () => {
  it.each([
    ['MAX_DEPHT', 'MAX_DEPTH'],
    ['MAX_COMPLEXTY', 'MAX_COMPLEXITY'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['auth_mode', 'AUTH_MODE'],
    ['TRUSTED_PROXYS', 'TRUSTED_PROXIES'],
    ['DATABASE_URL_FIEL', 'DATABASE_URL_FILE'],
    ['NOED_ENV', 'NODE_ENV'],
  ])('%s is named, with %s', (name, meant) => {
    expect(named({ [name]: '1' })).toEqual([`${name}: no variable of the gateway; did you mean ${meant}?`]);
  });

  it('is not named where the other name is set too: both are meant', () => {
    expect(named({ DATABASE_URI: '1', DATABASE_URL: '2' })).toEqual([]);
  });
});

it('a variable of another program is not named', () => {
  // A login shell, a container of Kubernetes, CI, npm, PostgreSQL's and AWS's tools.
  const names =
    'PATH HOME HOSTNAME HOSTS PORTS LANG TERM SHLVL USER LOGNAME MAIL EDITOR PAGER SHELL PWD OLDPWD TMPDIR TZ CI DEBUG ' +
    'XDG_DATA_DIRS XDG_DATA_HOME KUBERNETES_SERVICE_HOST KUBERNETES_PORT GATEWAY_PORT GATEWAY_SERVICE_HOST DB_URL REDIS_URL ' +
    'NODE_OPTIONS NODE_VERSION NODE_PATH NODE_EXTRA_CA_CERTS npm_config_cache npm_lifecycle_event ALL_PROXY FTP_PROXY ' +
    'AWS_ENDPOINT_URL_S3 AWS_ENDPOINT_URL_SSO AWS_PROFILE AWS_REGIONS AWS_DEFAULT_REGION AWS_ROLE_ARN PGHOST PGDATA PGPASSWORD ' +
    'MAX_PATH LOG_FILE LOG_DIR LOG_FORMAT DATA_HOME OTEL_LOG_LEVEL AUTH_TOKEN AUTH_TYPE OIDC_CLIENT_ID OIDC_CLIENT_SECRET ' +
    'INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID GITHUB_TOKEN JWT_SECRET SECRET_KEY MAX_MEMORY MAX_WORKERS';
  expect(named(Object.fromEntries(names.split(' ').map((name) => [name, '1'])))).toEqual([]);
});
