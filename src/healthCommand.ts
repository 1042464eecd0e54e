import { completeEnvironment } from './config/environment.js';

/*
 * Asks the gateway of this machine whether it is ready, for health checks in containers without curl: ends with exit code 0 if it
 * is, else with 1 and the reason. HOST and PORT are the gateway's.
 */
const TIMEOUT_MS = 4_000;

// An empty variable counts as not set, as for the gateway.
const { HOST, PORT } = completeEnvironment(process.env, '.env', []);
const host = HOST || '127.0.0.1';
const port = PORT || '4000';
// A gateway that listens on all addresses is reached on the loopback one.
const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;

try {
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}/health/ready`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  process.stdout.write(`${await response.text()}\n`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
