import { gatherEvidence } from './evidence.js';
import type { History } from './history.js';
import { checkCalls } from './rules/calls.js';
import { checkOutcomes } from './rules/outcomes.js';
import { checkRequests } from './rules/requests.js';
import { checkSendings } from './rules/sendings.js';
import type { Violation } from './violation.js';

/** Holds what the record says of a run against what clients asked and what the service saw. Empty: it never lied. */
export function findViolations(history: History): Violation[] {
  const evidence = gatherEvidence(history);
  return [checkRequests, checkOutcomes, checkCalls, checkSendings].flatMap((check) => check(evidence));
}
