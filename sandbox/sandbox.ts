import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createCallLog, createMailLog } from './callLog.js';
import { createCallHandler } from './calls.js';
import { createControl, type Adjustable } from './control.js';
import { createCredentialDirectory } from './credentials.js';
import { createDelayDice, type Delays } from './delays.js';
import { createEndings } from './endings.js';
import { createFaultRules } from './faults.js';
import { createGuardDuty } from './guardduty.js';
import type { Surroundings } from './operation.js';
import { createRateGate, type Rates } from './rates.js';
import { createSecurityHub } from './securityhub.js';
import { createHttpServer } from './server.js';
import { DEFAULT_RATES, DEFAULT_SETTINGS } from './settings.js';
import { createSignatureCheck } from './signature.js';
import { createStateFile } from './stateFile.js';
import { createSts } from './sts.js';
import { createPerform } from './work.js';
import { createWorld } from './world.js';

/** How a sandbox starts. Everything has a default. */
export interface SandboxOptions {
  /** Where to listen; 127.0.0.1 without it. */
  readonly host?: string | undefined;
  /** 0, or no port at all, takes a free one. */
  readonly port?: number | undefined;
  /** Where members and detectors are kept over a restart; without it they are not. */
  readonly stateFile?: string | undefined;
  /** How long every answer takes, in milliseconds; 0 without it. */
  readonly latencyMs?: number | undefined;
  /** The rates to start with; those of UPSTREAMS.md without them. */
  readonly rates?: Partial<Rates> | undefined;
  /** The clock, in milliseconds since 1970; the system's without it. */
  readonly now?: (() => number) | undefined;
}

/** An AWS look-alike that can be started and stopped. */
export interface Sandbox {
  /** Where it listens, for example `http://127.0.0.1:4567`. Throws while it does not. */
  readonly url: string;
  /** Loads the state file and listens. Rejects when the port is taken or the file cannot be read. */
  listen(): Promise<void>;
  /** Cuts all connections, hanging ones too, and writes the state file. */
  stop(): Promise<void>;
}

export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { host = '127.0.0.1', port = 0, latencyMs = 0, now = Date.now } = options;
  const startRates = { ...DEFAULT_RATES, ...options.rates };
  const startDelays: Delays = { ms: latencyMs, jitterMs: 0, overrides: [] };

  const settings = createAdjustable(DEFAULT_SETTINGS);
  const delays = createAdjustable(startDelays);
  const world = createWorld(settings.get);
  const stateFile = options.stateFile === undefined ? undefined : createStateFile(options.stateFile, world);
  const changed = () => stateFile?.touch();
  const [log, mails] = [createCallLog(), createMailLog()];
  const [endings, faults, rates, dice] = [
    createEndings(),
    createFaultRules(),
    createRateGate(startRates),
    createDelayDice(),
  ];
  const directory = createCredentialDirectory(now);

  const surroundings: Surroundings = {
    world,
    settings: settings.get,
    screen: endings.screen,
    mail: (mail) => void mails.add(mail),
  };
  const perform = createPerform({
    checkSignature: createSignatureCheck(directory, now),
    services: {
      guardduty: createGuardDuty(surroundings),
      securityhub: createSecurityHub(surroundings),
      sts: createSts(directory, settings.get),
    },
    settings: settings.get,
    rates,
    faults,
    endings,
    now,
    worked: changed,
  });
  const calls = createCallHandler({
    perform,
    directory,
    log,
    now,
    delay: (service, region) => dice(delays.get(), service, region),
  });
  const reset = (): void => {
    for (const one of [world, log, mails, endings]) {
      one.clear();
    }
    faults.replace([]);
    rates.change(startRates);
    settings.set(DEFAULT_SETTINGS);
    delays.set(startDelays);
    changed();
  };
  const control = createControl({
    world,
    log,
    mails,
    endings,
    faults,
    rates,
    settings,
    delays,
    changed,
    reset,
    now,
  });
  const server = createHttpServer(calls, control);

  return {
    get url() {
      const address = server.address() as AddressInfo | null;
      if (!address) {
        throw new Error('expected a sandbox that listens; this one does not');
      }
      return `http://${host}:${address.port}`;
    },
    async listen() {
      await stateFile?.load();
      server.listen(port, host);
      await once(server, 'listening');
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await stateFile?.flush();
    },
  };
}

function createAdjustable<Value>(initial: Value): Adjustable<Value> {
  let value = initial;
  return {
    get: () => value,
    set(next) {
      value = next;
    },
  };
}
