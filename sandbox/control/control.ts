import { z } from 'zod';
import type { LoggedCall, Mail } from '../calls/callLog.js';
import { controlRefusal } from './controlGuard.js';
import * as inputs from './controlInputs.js';
import type { Delays } from '../calls/delays.js';
import type { FaultRules } from '../faults/faultRules.js';
import type { Journal } from '../calls/journal.js';
import { readJson } from '../calls/body.js';
import { replaceOrganization } from '../members/organizationMembers.js';
import type { RateGate } from '../calls/rates.js';
import type { Reply } from '../wire/reply.js';
import type { Settings } from '../settings.js';
import type { SignedRequest } from '../wire/signature.js';
import type { SandboxState } from '../state/sandboxState.js';

/** The start of every path of the control API. */
export const CONTROL_PREFIX = '/_sandbox/';

/** The dependencies of the control API. */
export interface ControlDependencies {
  readonly state: SandboxState;
  readonly log: Journal<LoggedCall>;
  readonly mails: Journal<Mail>;
  readonly faults: FaultRules;
  readonly rates: RateGate;
  readonly settings: Adjustable<Settings>;
  readonly delays: Adjustable<Delays>;
  /** Called after a change of members or detectors. */
  readonly onChange: () => void;
  /** Restores the start of the sandbox, without members. */
  readonly reset: () => void;
  readonly now: () => number;
}

/** A value that can be replaced while the sandbox runs. */
export interface Adjustable<Value> {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
}

/** Answers a request of the control API (README.md). Requests are not signed: any program on this machine may send them. */
export type Control = (request: SignedRequest) => Reply;

export function createControl(dependencies: ControlDependencies): Control {
  const routes = createRoutes(dependencies);
  return (request) => {
    const refusal = controlRefusal(request);
    if (refusal !== null) {
      return json(refusal.status, { error: refusal.error });
    }
    const { method, path, query, body } = request;
    const route = routes[`${method} ${path.slice(CONTROL_PREFIX.length)}`];
    if (!route) {
      return json(404, { error: `expected one of ${Object.keys(routes).join(', ')}; got ${method} ${path}` });
    }
    try {
      return json(200, route(method === 'GET' ? query : body.length > 0 ? readJson(body) : {}));
    } catch (error) {
      if (!(error instanceof z.ZodError)) {
        throw error;
      }
      return json(400, { error: z.prettifyError(error) });
    }
  };
}

type Route = (input: unknown) => unknown;

function createRoutes(dependencies: ControlDependencies): Readonly<Record<string, Route>> {
  const { state, log, mails, faults, rates, settings, delays } = dependencies;
  return {
    'GET health': () => ({ status: 'ok' }),
    'GET log': (input) => ({ calls: selectCalls(log, inputs.LogQuery.parse(input)) }),
    'DELETE log': () => done(log.clear()),
    'GET mails': (input) => {
      const { since, ...conditions } = inputs.MailQuery.parse(input);
      return { mails: mails.since(since).filter((mail) => matches(mail, conditions)) };
    },
    'GET members': (input) => ({ members: [...state.memberList(inputs.MembersQuery.parse(input)).all()] }),
    'POST members': (input) => {
      const { members, ...scope } = inputs.SeedMembers.parse(input);
      const list = state.memberList(scope);
      const updatedAt = new Date(dependencies.now()).toISOString();
      for (const member of members) {
        list.put({ ...member, updatedAt: member.updatedAt ?? updatedAt });
      }
      return done(dependencies.onChange());
    },
    'GET detectors': (input) => {
      const { account, region } = inputs.DetectorQuery.parse(input);
      return { detectorId: state.enablement.detectorId(account, region) };
    },
    'PUT detectors': (input) => {
      const { account, region, detectorId } = inputs.ReplaceDetector.parse(input);
      state.enablement.setDetector(account, region, detectorId);
      return done(dependencies.onChange());
    },
    'GET organization': () => ({ organization: state.organization.get() }),
    'PUT organization': (input) => {
      replaceOrganization(
        state,
        inputs.ReplaceOrganization.parse(input),
        new Date(dependencies.now()).toISOString(),
      );
      return done(dependencies.onChange());
    },
    'GET latency': () => delays.get(),
    'PUT latency': (input) => done(delays.set(inputs.Latency.parse(input))),
    'GET faults': () => ({ faults: faults.state() }),
    'PUT faults': (input) => done(faults.replace(inputs.FaultRuleList.parse(input))),
    'GET rates': () => rates.rates(),
    'PUT rates': (input) => done(rates.change(inputs.RateChanges.parse(input))),
    'GET settings': () => settings.get(),
    'PUT settings': (input) => done(settings.set(merge(settings.get(), inputs.SettingsChanges.parse(input)))),
    'POST reset': () => done(dependencies.reset()),
  };
}

/** The answer to a request that changes something. */
const done = (_: void) => ({});

function selectCalls(
  log: Journal<LoggedCall>,
  { since, accountId, ...conditions }: z.infer<typeof inputs.LogQuery>,
) {
  return log
    .since(since)
    .filter(
      (call) => matches(call, conditions) && (accountId === undefined || call.accountIds.includes(accountId)),
    )
    .map((call) => ({
      ...call,
      accountIds: split(call.accountIds),
      unprocessedAccountIds: split(call.unprocessedAccountIds),
    }));
}

const split = (ids: string): string[] => (ids === '' ? [] : ids.split(','));

const matches = <Entry extends object>(
  entry: Entry,
  conditions: { [Name in keyof Entry]?: Entry[Name] | undefined },
): boolean =>
  (Object.keys(conditions) as (keyof Entry)[]).every(
    (name) => conditions[name] === undefined || entry[name] === conditions[name],
  );

const merge = (settings: Settings, changes: z.infer<typeof inputs.SettingsChanges>): Settings => ({
  regions: { ...settings.regions, ...changes.regions },
  roles: { ...settings.roles, ...changes.roles },
  ceilings: {
    guardduty: changes.ceilings?.guardduty ?? settings.ceilings.guardduty,
    securityhub: changes.ceilings?.securityhub ?? settings.ceilings.securityhub,
  },
  securityHubAboveLimit: changes.securityHubAboveLimit ?? settings.securityHubAboveLimit,
  emptyAccountPages: changes.emptyAccountPages ?? settings.emptyAccountPages,
});

const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
