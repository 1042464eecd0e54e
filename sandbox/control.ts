import { z } from 'zod';
import type { LoggedCall, Mail } from './callLog.js';
import * as inputs from './controlInputs.js';
import type { Delays } from './delays.js';
import type { Endings } from './endings.js';
import type { FaultRules } from './faults.js';
import type { Journal } from './journal.js';
import { readJson } from './memberCalls.js';
import type { RateGate } from './rates.js';
import type { Reply } from './reply.js';
import type { Settings } from './settings.js';
import type { SignedRequest } from './signature.js';
import type { World } from './world.js';

/** The start of every path of the control API. */
export const CONTROL_PREFIX = '/_sandbox/';

/** What the control API reads and changes. */
export interface ControlParts {
  readonly world: World;
  readonly log: Journal<LoggedCall>;
  readonly mails: Journal<Mail>;
  readonly endings: Endings;
  readonly faults: FaultRules;
  readonly rates: RateGate;
  readonly settings: Adjustable<Settings>;
  readonly delays: Adjustable<Delays>;
  /** Told after members or detectors were changed. */
  readonly changed: () => void;
  /** Back to how the sandbox started, without members. */
  readonly reset: () => void;
  readonly now: () => number;
}

/** A value that can be replaced while the sandbox runs. */
export interface Adjustable<Value> {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
}

/** Answers a request of the control API, described in README.md. Unsigned: whoever reaches the sandbox may use it. */
export type Control = (request: SignedRequest) => Reply;

export function createControl(parts: ControlParts): Control {
  const routes = createRoutes(parts);
  return ({ method, path, query, body }) => {
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

function createRoutes(parts: ControlParts): Readonly<Record<string, Route>> {
  const { world, log, mails, faults, rates, settings, delays } = parts;
  return {
    'GET health': () => ({ status: 'ok' }),
    'GET log': (input) => ({ calls: calls(log, inputs.LogQuery.parse(input)) }),
    'DELETE log': () => done(log.clear()),
    'GET mails': (input) => {
      const { since, ...match } = inputs.MailQuery.parse(input);
      return { mails: mails.since(since).filter((mail) => agrees(mail, match)) };
    },
    'GET members': (input) => ({ members: [...world.register(inputs.MembersQuery.parse(input)).all()] }),
    'POST members': (input) => {
      const { members, ...scope } = inputs.SeedMembers.parse(input);
      const register = world.register(scope);
      const updatedAt = new Date(parts.now()).toISOString();
      for (const member of members) {
        register.put({ ...member, updatedAt: member.updatedAt ?? updatedAt });
      }
      return done(parts.changed());
    },
    'GET detectors': (input) => {
      const { account, region } = inputs.DetectorQuery.parse(input);
      return { detectorId: world.detectorId(account, region) };
    },
    'PUT detectors': (input) => {
      const { account, region, detectorId } = inputs.PlaceDetector.parse(input);
      world.setDetector(account, region, detectorId);
      return done(parts.changed());
    },
    'GET latency': () => delays.get(),
    'PUT latency': (input) => done(delays.set(inputs.Latency.parse(input))),
    'GET faults': () => ({ faults: faults.state() }),
    'PUT faults': (input) => done(faults.replace(inputs.FaultRuleList.parse(input))),
    'GET rates': () => rates.rates(),
    'PUT rates': (input) => done(rates.change(inputs.RateChanges.parse(input))),
    'GET settings': () => settings.get(),
    'PUT settings': (input) =>
      done(settings.set(merged(settings.get(), inputs.SettingsChanges.parse(input)))),
    'POST reset': () => done(parts.reset()),
  };
}

const done = (_: void) => ({});

function calls(log: Journal<LoggedCall>, { since, accountId, ...match }: z.infer<typeof inputs.LogQuery>) {
  return log
    .since(since)
    .filter((call) => agrees(call, match) && (accountId === undefined || call.accountIds.includes(accountId)))
    .map((call) => ({
      ...call,
      accountIds: split(call.accountIds),
      unprocessedAccountIds: split(call.unprocessedAccountIds),
    }));
}

const split = (ids: string): string[] => (ids === '' ? [] : ids.split(','));

const agrees = <Entry extends object>(
  entry: Entry,
  match: { [Name in keyof Entry]?: Entry[Name] | undefined },
): boolean =>
  (Object.keys(match) as (keyof Entry)[]).every(
    (name) => match[name] === undefined || entry[name] === match[name],
  );

const merged = (settings: Settings, changes: z.infer<typeof inputs.SettingsChanges>): Settings => ({
  regions: { ...settings.regions, ...changes.regions },
  roles: { ...settings.roles, ...changes.roles },
  ceilings: {
    guardduty: changes.ceilings?.guardduty ?? settings.ceilings.guardduty,
    securityhub: changes.ceilings?.securityhub ?? settings.ceilings.securityhub,
  },
  securityHubAboveLimit: changes.securityHubAboveLimit ?? settings.securityHubAboveLimit,
});

const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
