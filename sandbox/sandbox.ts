import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createCallHandler } from './calls/callHandler.js';
import { createCallLog, createMailLog } from './calls/callLog.js';
import { createControl, type Adjustable, type ControlDependencies } from './control/control.js';
import { createCredentialDirectory } from './wire/credentials.js';
import { createPickDelay, type Delays } from './calls/delays.js';
import { createFaultRules } from './faults/faultRules.js';
import { createGuardDuty } from './services/guardduty/guardduty.js';
import { createMagicOutcomes, type MagicOutcomes } from './faults/magicOutcomes.js';
import type { ServiceDependencies } from './calls/operation.js';
import { createPerform } from './calls/perform.js';
import { createRateGate, type Rates } from './calls/rates.js';
import { createSandboxState } from './state/sandboxState.js';
import { createSecurityHub } from './services/securityhub/securityhub.js';
import { createHttpServer } from './wire/server.js';
import { DEFAULT_RATES, DEFAULT_SETTINGS } from './settings.js';
import { createSignatureCheck } from './wire/signature.js';
import { createStateFile, type StateFile } from './state/stateFile.js';
import { createOrganizations } from './services/organizations.js';
import { createSts } from './services/sts.js';

/** The options of a sandbox. Each has a default. */
export interface SandboxOptions {
  /** The address to listen on; 127.0.0.1 by default. */
  readonly host?: string | undefined;
  /** The port; 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** The file that keeps members, detectors, subscriptions and the organization over a restart; none by default. */
  readonly stateFile?: string | undefined;
  /** The delay of every answer in milliseconds; 0 by default. */
  readonly latencyMs?: number | undefined;
  /** The rates at the start; by default those of UPSTREAMS.md. */
  readonly rates?: Partial<Rates> | undefined;
  /** The clock, in milliseconds since 1970; by default the system's. */
  readonly now?: (() => number) | undefined;
}

/** An AWS look-alike that can be started and stopped. */
export interface Sandbox {
  /** The URL, for example `http://127.0.0.1:4567`. Throws unless the sandbox is listening. */
  readonly url: string;
  /** Loads the state file and listens. Rejects if the port is in use or the file cannot be read. */
  listen(): Promise<void>;
  /** Closes all connections, also those with an open call, and writes the state file. */
  stop(): Promise<void>;
}

/** Returns a sandbox that is not yet listening. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { host = '127.0.0.1', port = 0, now = Date.now } = options;
  const controlled = createControlled(options, now);
  const { state, settings, delays, stateFile, magicOutcomes } = controlled;
  const directory = createCredentialDirectory(now);
  const dependencies: ServiceDependencies = {
    state,
    settings: settings.get,
    fixedResults: magicOutcomes.fixedResults,
    mail: (mail) => void controlled.mails.add(mail),
  };
  const perform = createPerform({
    checkSignature: createSignatureCheck(directory, now),
    services: {
      guardduty: createGuardDuty(dependencies),
      securityhub: createSecurityHub(dependencies),
      sts: createSts(directory, settings.get),
      organizations: createOrganizations(state, settings.get),
    },
    settings: settings.get,
    rates: controlled.rates,
    faults: controlled.faults,
    magicOutcomes,
    now,
    onPerformed: controlled.onChange,
  });
  const pickDelay = createPickDelay();
  const calls = createCallHandler({
    perform,
    directory,
    log: controlled.log,
    now,
    delay: (service, region) => pickDelay(delays.get(), service, region),
  });
  const server = createHttpServer(calls, createControl(controlled), now);

  return {
    get url() {
      const address = server.address() as AddressInfo | null;
      if (!address) {
        throw new Error('expected a listening sandbox; this one does not listen');
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

/** Everything that the control API reads, changes and resets. */
interface Controlled extends ControlDependencies {
  readonly magicOutcomes: MagicOutcomes;
  readonly stateFile: StateFile | undefined;
}

function createControlled(options: SandboxOptions, now: () => number): Controlled {
  const startRates = { ...DEFAULT_RATES, ...options.rates };
  const startDelays: Delays = { ms: options.latencyMs ?? 0, jitterMs: 0, overrides: [] };
  const settings = createAdjustable(DEFAULT_SETTINGS);
  const delays = createAdjustable(startDelays);
  const state = createSandboxState(settings.get);
  const stateFile = options.stateFile === undefined ? undefined : createStateFile(options.stateFile, state);
  const onChange = (): void => stateFile?.touch();
  const log = createCallLog();
  const mails = createMailLog();
  const magicOutcomes = createMagicOutcomes();
  const faults = createFaultRules();
  const rates = createRateGate(startRates);

  const reset = (): void => {
    for (const one of [state, log, mails, magicOutcomes]) {
      one.clear();
    }
    faults.replace([]);
    rates.change(startRates);
    settings.set(DEFAULT_SETTINGS);
    delays.set(startDelays);
    onChange();
  };
  return {
    state,
    log,
    mails,
    magicOutcomes,
    faults,
    rates,
    settings,
    delays,
    stateFile,
    onChange,
    reset,
    now,
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
