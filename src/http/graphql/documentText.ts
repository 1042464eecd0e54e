import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';
import type { Charge } from '../../services/access/budget.js';
import { callerKey } from '../../services/callerKey.js';
import type { TakeLoopTurn } from '../../services/eventLoopTurns.js';
import { bodyPoints, LONG_BODY } from '../request/jsonBody.js';
import type { RequestInfo } from '../request/requestInfo.js';
import { parametersOf } from './parameters.js';

/** Most lines of a document: one with 10,000 accounts inline, an account a line, has half of that. */
const DOCUMENT_LINES = 20_000;

/** Most characters between the tokens of a document: white space, commas and comments. */
const IGNORED_CHARACTERS = 250_000;

/** Characters of a document that cost its caller a point when the operation is refused. */
const CHARACTERS_PER_POINT = 100;

/** A `preHandler` hook. */
export type CheckDocumentText = (request: FastifyRequest) => Promise<void>;

/**
 * Returns the hook before a document is parsed. A request with a long body waits for its turn. Rejects with RATE_LIMITED when the
 * caller's budget is spent, and with LIMIT_EXCEEDED when the document has too many lines or ignored characters.
 */
export function createCheckDocumentText(charge: Charge, takeLoopTurn: TakeLoopTurn): CheckDocumentText {
  return async (request) => {
    const caller = request.requestInfo?.caller ?? null;
    if (caller !== null) {
      await charge(caller, 0);
    }
    // A GET has its document in the address.
    if ((request.requestInfo?.bodyLength ?? 0) > LONG_BODY || request.method === 'GET') {
      await takeLoopTurn(callerKey(caller));
    }
    const query = parametersOf(request)?.['query'];
    if (typeof query === 'string') {
      checkText(query);
    }
  };
}

/** Charges the caller of a refused operation by the length of the document, less what it has paid for its body. A spent budget refuses the next request. */
export type ChargeRefused = (requestInfo: RequestInfo, document: string) => Promise<void>;

export function createChargeRefused(charge: Charge): ChargeRefused {
  return async ({ caller, bodyLength }, document) => {
    if (caller === null) {
      return;
    }
    try {
      const points = Math.ceil(document.length / CHARACTERS_PER_POINT);
      await charge(caller, Math.max(0, points - bodyPoints(bodyLength)));
    } catch (error) {
      if (!(error instanceof GatewayError)) {
        throw error;
      }
    }
  };
}

function checkText(document: string): void {
  if (document.length <= DOCUMENT_LINES) {
    return;
  }
  const lines = linesIn(document);
  if (lines > DOCUMENT_LINES) {
    throw tooLong('DOCUMENT_LINES', 'lines', DOCUMENT_LINES, lines);
  }
  const ignored = document.length <= IGNORED_CHARACTERS ? 0 : ignoredIn(document);
  if (ignored > IGNORED_CHARACTERS) {
    throw tooLong('IGNORED_CHARACTERS', 'characters between its tokens', IGNORED_CHARACTERS, ignored);
  }
}

function linesIn(document: string): number {
  let lines = 1;
  const terminator = /\r\n|[\n\r]/g;
  while (terminator.test(document)) {
    lines += 1;
  }
  return lines;
}

/** The number of characters of white space, commas and comments outside strings. */
function ignoredIn(document: string): number {
  let ignored = 0;
  const next = /"""|"|#[^\n\r]*|[\s,]+/g;
  for (let match = next.exec(document); match !== null; match = next.exec(document)) {
    const [text] = match;
    if (text.startsWith('"')) {
      next.lastIndex = endOfString(document, next.lastIndex, text);
    } else {
      ignored += text.length;
    }
  }
  return ignored;
}

/** The index after the quote that ends a string; the length of the document for a string without an end. */
function endOfString(document: string, start: number, quote: string): number {
  let end = document.indexOf(quote, start);
  while (end !== -1 && isEscaped(document, start, end, quote)) {
    end = document.indexOf(quote, end + 1);
  }
  return end === -1 ? document.length : end + quote.length;
}

/** In a block string one backslash escapes the quotes; in a string an even number of backslashes escapes each other. */
function isEscaped(document: string, start: number, quoteAt: number, quote: string): boolean {
  let backslashAt = quoteAt - 1;
  while (backslashAt >= start && document[backslashAt] === '\\') {
    backslashAt -= 1;
  }
  const backslashes = quoteAt - 1 - backslashAt;
  return quote === '"' ? backslashes % 2 === 1 : backslashes > 0;
}

function tooLong(limit: string, unit: string, maximum: number, actual: number): GatewayError {
  return new GatewayError(
    'LIMIT_EXCEEDED',
    `expected a document of at most ${maximum} ${unit}, got ${actual}: send accounts in variables`,
    { details: { limit, maximum, actual } },
  );
}
