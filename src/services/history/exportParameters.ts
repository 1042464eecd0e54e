import { GatewayError, quoted } from '../../errors.js';
import {
  MEMBERSHIP_OPERATIONS,
  OUTCOME_STATUSES,
  REASON_CODES,
  SECURITY_SERVICES,
} from '../../membership.js';
import type { Parameters } from '../../ports/exports.js';
import type { OutcomesQuery } from '../input/checkFilters.js';

/** ISO 8601 with a zone, like the schema's DateTime. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** The parser of each condition of the filter. */
const CONDITIONS: { readonly [Name in keyof Required<OutcomesQuery>]: Reader<OutcomesQuery[Name]> } = {
  requestId: one((_name, value) => value),
  accountId: many((_name, value) => value),
  operation: many(oneOf(MEMBERSHIP_OPERATIONS)),
  status: many(oneOf(OUTCOME_STATUSES)),
  reasonCode: many(oneOf(REASON_CODES)),
  administrator: one((_name, value) => value),
  service: one(oneOf(SECURITY_SERVICES)),
  region: one((_name, value) => value),
  settledAfter: one(moment),
  settledBefore: one(moment),
};

type Reader<Value> = (name: string, values: readonly string[]) => Value;

/**
 * Parses query parameters to a filter of outcomes. Each parameter has the name of a condition. A list is one parameter with
 * commas, or the repeated parameter.
 *
 * @throws GatewayError `BAD_USER_INPUT` with the name of an unknown parameter, or of one with an invalid value.
 */
export function readParameters(parameters: Parameters): OutcomesQuery {
  const conditions = Object.entries(parameters).map(([name, value]) => {
    if (!isCondition(name)) {
      throw new GatewayError(
        'BAD_USER_INPUT',
        `${quoted(name)}: expected one of ${Object.keys(CONDITIONS).join(', ')}`,
      );
    }
    return [name, CONDITIONS[name](name, [value ?? []].flat())] as const;
  });
  return Object.fromEntries(conditions);
}

function isCondition(name: string): name is keyof OutcomesQuery {
  return Object.hasOwn(CONDITIONS, name);
}

function one<Value>(read: (name: string, value: string) => Value): Reader<Value> {
  return (name, values) => {
    const [value] = values;
    if (value !== undefined && values.length === 1) {
      return read(name, value);
    }
    throw new GatewayError('BAD_USER_INPUT', `${name}: expected one value, got ${values.length}`);
  };
}

function many<Value>(read: (name: string, value: string) => Value): Reader<readonly Value[]> {
  return (name, values) => values.flatMap((value) => value.split(',')).map((value) => read(name, value));
}

function oneOf<Value extends string>(choices: readonly Value[]): (name: string, value: string) => Value {
  return (name, value) => {
    const choice = choices.find((known) => known === value);
    if (choice !== undefined) {
      return choice;
    }
    throw new GatewayError(
      'BAD_USER_INPUT',
      `${name}: expected one of ${choices.join(', ')}, got ${quoted(value)}`,
    );
  };
}

function moment(name: string, value: string): Date {
  const date = new Date(value);
  if (MOMENT.test(value) && !Number.isNaN(date.getTime())) {
    return date;
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `${name}: expected a moment such as 2026-03-01T00:00:00Z, got ${quoted(value)}`,
  );
}
