import { z } from 'zod';
import { DEFAULT_RATES } from './settings.js';
import type { SandboxOptions } from './sandbox.js';

/** The default port. */
const DEFAULT_PORT = 4567;

const whole = z.coerce.number().int().min(0);

const Environment = z.object({
  SANDBOX_HOST: z.string().min(1).default('127.0.0.1'),
  SANDBOX_PORT: whole.max(65_535).default(DEFAULT_PORT),
  SANDBOX_STATE_FILE: z.string().min(1).optional(),
  SANDBOX_LATENCY_MS: z.coerce.number().min(0).default(0),
  SANDBOX_GUARDDUTY_RATE: z.coerce
    .number()
    .min(0)
    .default(DEFAULT_RATES.guardduty?.perSecond ?? 0),
  SANDBOX_GUARDDUTY_BURST: whole.min(1).default(DEFAULT_RATES.guardduty?.burst ?? 1),
  SANDBOX_SECURITYHUB_RATE: z.coerce
    .number()
    .min(0)
    .default(DEFAULT_RATES.securityhub?.perSecond ?? 0),
  SANDBOX_SECURITYHUB_BURST: whole.min(1).default(DEFAULT_RATES.securityhub?.burst ?? 1),
});

/**
 * Returns the options in the environment (README.md lists the variables).
 *
 * @throws Error that names every invalid variable.
 */
export function readOptions(environment: NodeJS.ProcessEnv): SandboxOptions {
  const read = Environment.safeParse(environment);
  if (!read.success) {
    throw new Error(`The environment is invalid:\n${z.prettifyError(read.error)}`);
  }
  const env = read.data;
  return {
    host: env.SANDBOX_HOST,
    port: env.SANDBOX_PORT,
    stateFile: env.SANDBOX_STATE_FILE,
    latencyMs: env.SANDBOX_LATENCY_MS,
    rates: {
      guardduty: rate(env.SANDBOX_GUARDDUTY_RATE, env.SANDBOX_GUARDDUTY_BURST),
      securityhub: rate(env.SANDBOX_SECURITYHUB_RATE, env.SANDBOX_SECURITYHUB_BURST),
    },
  };
}

/** A rate of 0 turns the limit off. */
const rate = (perSecond: number, burst: number) => (perSecond === 0 ? null : { perSecond, burst });
