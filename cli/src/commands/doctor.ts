import { GatewayError, type Client } from 'membership-gateway-client';
import { type CommonFlags, type Context, createContext, type Surroundings } from '../context.js';
import { EXIT, type ExitStatus } from '../faults.js';
import { exitOf } from '../gatewayFailures.js';
import type { Column } from '../output/output.js';

interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

const COLUMNS: readonly Column<Check>[] = [
  { name: 'check', of: ({ check }) => check },
  { name: 'ok', of: ({ ok }) => (ok ? 'ok' : 'FAILED') },
  { name: 'detail', of: ({ detail }) => detail },
];

/** `mgw doctor`: whether the gateway is reached, the token is good, and each target answers. */
export async function doctor(flags: CommonFlags, surroundings: Surroundings): Promise<ExitStatus> {
  const context = await createContext({ attempts: 1, ...flags }, surroundings);
  const { checks, status } = await runChecks(context);
  await context.output.list({ type: 'check', columns: COLUMNS, rows: checks });
  return status;
}

async function runChecks({
  client,
  settings,
  signal,
}: Context): Promise<{ checks: Check[]; status: ExitStatus }> {
  const checks: Check[] = [];
  const add = (check: string, ok: boolean, detail: string): void => {
    checks.push({ check, ok, detail });
  };
  const address = `${settings.url} (from ${settings.urlSource})`;
  const token = settings.tokenSource === null ? 'no token' : `token from ${settings.tokenSource}`;
  try {
    const administrators = await client.administrators({}, { signal });
    add('gateway', true, address);
    add(
      'token',
      true,
      `${token}; administrators: ${administrators.map(({ id }) => id).join(', ') || 'none'}`,
    );
  } catch (error) {
    if (!(error instanceof GatewayError)) {
      throw error;
    }
    const status = exitOf(error);
    const reached = status !== EXIT.unreachable;
    add('gateway', reached, reached ? address : `${address}: ${error.message}`);
    if (reached) {
      add('token', false, `${token}: ${error.message}`);
    }
    return { checks, status };
  }
  const targets = await client.targets({}, { signal });
  checks.push(...targets.flatMap(targetChecks));
  return { checks, status: checks.every(({ ok }) => ok) ? EXIT.done : EXIT.failed };
}

type AdministratorTargets = Awaited<ReturnType<Client['targets']>>[number];

function targetChecks({ id, targets }: AdministratorTargets): Check[] {
  return targets.map(({ service, region, answers, reasonCode, reason, ratePerSecond, throttledAt }) => ({
    check: `${id} ${service} ${region}`,
    ok: answers,
    detail: answers
      ? `answers; ${ratePerSecond} requests per second${throttledAt === null ? '' : `, throttled at ${throttledAt}`}`
      : `${reasonCode ?? 'no answer'}: ${reason ?? ''}`,
  }));
}
