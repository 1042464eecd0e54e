import {
  CreateMembersCommand,
  DeleteMembersCommand,
  DisassociateMembersCommand,
  InviteMembersCommand,
  GetMembersCommand,
} from '@aws-sdk/client-guardduty';
import * as hub from '@aws-sdk/client-securityhub';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/faults/fault.js';
import {
  MAGIC_OUTCOMES,
  type FaultOutcome,
  type UnprocessedOutcome,
} from '../../sandbox/faults/magicTable.js';
import { RESULT_TEXTS } from '../../sandbox/members/texts.js';
import type { ChangingOperation, Service } from '../../sandbox/scope.js';
import { ACCOUNT, detectorOf, email, refusalOf, startSandbox, type ClientOptions } from './clients.js';

const ORDINARY = '222233334444';
const SERVICES: readonly Service[] = ['guardduty', 'securityhub'];

/** Sends an operation to either service, and returns the unprocessed accounts in one shape. */
async function start(options: ClientOptions = {}) {
  const { guardDuty, securityHub, control } = await startSandbox();
  const gd = guardDuty(options);
  const sh = securityHub(options);
  const DetectorId = await detectorOf(gd);
  const send = async (
    service: Service,
    operation: ChangingOperation | 'GetMembers',
    AccountIds: string[],
  ) => {
    if (service === 'guardduty') {
      const AccountDetails = AccountIds.map((AccountId) => ({ AccountId, Email: email(AccountId) }));
      const { UnprocessedAccounts } = await {
        CreateMembers: () => gd.send(new CreateMembersCommand({ DetectorId, AccountDetails })),
        InviteMembers: () => gd.send(new InviteMembersCommand({ DetectorId, AccountIds })),
        DeleteMembers: () => gd.send(new DeleteMembersCommand({ DetectorId, AccountIds })),
        DisassociateMembers: () => gd.send(new DisassociateMembersCommand({ DetectorId, AccountIds })),
        GetMembers: () => gd.send(new GetMembersCommand({ DetectorId, AccountIds })),
      }[operation]();
      return UnprocessedAccounts?.map(({ AccountId, Result }) => ({ AccountId, text: Result }));
    }
    const AccountDetails = AccountIds.map((AccountId) => ({ AccountId }));
    const { UnprocessedAccounts } = await {
      CreateMembers: () => sh.send(new hub.CreateMembersCommand({ AccountDetails })),
      InviteMembers: () => sh.send(new hub.InviteMembersCommand({ AccountIds })),
      DeleteMembers: () => sh.send(new hub.DeleteMembersCommand({ AccountIds })),
      DisassociateMembers: () => Promise.reject(new Error('not used')),
      GetMembers: () => sh.send(new hub.GetMembersCommand({ AccountIds })),
    }[operation]();
    return UnprocessedAccounts?.map(({ AccountId, ProcessingResult }) => ({
      AccountId,
      text: ProcessingResult,
    }));
  };
  const seed = (service: Service, accountId: string, status = 'Created') =>
    control.change('POST', 'members', {
      account: ACCOUNT,
      region: 'us-east-1',
      service,
      members: [{ accountId, status }],
    });
  return { send, seed, control };
}

const magicId = (digits: string): string => `4444559000${digits}`;
const times = (sends: number | null): string => (sends === null ? 'always' : `${sends} time(s)`);
const refusedRows = MAGIC_OUTCOMES.filter((row): row is UnprocessedOutcome => 'text' in row);
const failingRows = MAGIC_OUTCOMES.filter((row): row is FaultOutcome => 'fault' in row);
const everyRefusal = refusedRows.flatMap((row) =>
  SERVICES.flatMap((service) =>
    row.operations
      // Security Hub's answer names no accounts.
      .filter((operation) => service === 'guardduty' || operation !== 'DisassociateMembers')
      .map((operation) => ({ ...row, service, operation, times: times(row.sends) })),
  ),
);

describe('magic account ids', () => {
  it('have unique digits', () => {
    expect(new Set(MAGIC_OUTCOMES.map(({ digits }) => digits)).size).toBe(MAGIC_OUTCOMES.length);
    expect(MAGIC_OUTCOMES.filter(({ digits }) => !/^\d\d$/.test(digits))).toEqual([]);
  });

  it.each(everyRefusal)(
    '$digits: $operation at $service leaves it unprocessed as $reason, $times',
    async (row) => {
      const { digits, service, operation, text, sends } = row;
      const { send, seed } = await start();
      const id = magicId(digits);
      if (operation !== 'CreateMembers') {
        const status = operation === 'DisassociateMembers' ? 'Enabled' : 'Created';
        await seed(service, id, status);
        await seed(service, ORDINARY, status);
      }
      const refused = [{ AccountId: id, text: RESULT_TEXTS[service][text] }];
      const tries = sends ?? 4;
      expect(await send(service, operation, [ORDINARY, id])).toEqual(refused);
      for (let i = 1; i < tries; i++) {
        expect(await send(service, operation, [id])).toEqual(refused);
      }
      if (sends !== null) {
        expect(await send(service, operation, [id])).toEqual([]);
      }
    },
  );

  it('are ordinary in operations without an outcome', async () => {
    const { send } = await start();
    expect(await send('guardduty', 'CreateMembers', [magicId('02'), magicId('10')])).toEqual([]);
    expect(await send('guardduty', 'GetMembers', [magicId('02'), magicId('10')])).toEqual([]);
  });

  it('are counted per service and operation', async () => {
    const { send } = await start();
    const id = magicId('20');
    expect(await send('guardduty', 'CreateMembers', [id])).toHaveLength(1);
    expect(await send('guardduty', 'CreateMembers', [id])).toHaveLength(0);
    expect(await send('securityhub', 'CreateMembers', [id])).toHaveLength(1);
    expect(await send('guardduty', 'InviteMembers', [id])).toHaveLength(1);
  });

  it('need 9000NN at the end of the id', async () => {
    const { send } = await start();
    expect(
      await send('guardduty', 'CreateMembers', ['900022333344', '229000223344', '222233339022']),
    ).toEqual([]);
  });
});

interface Ending {
  /** The error's name and status at GuardDuty and at Security Hub. */
  guardduty: [name: string, status: number | undefined];
  securityhub: [name: string, status: number | undefined];
  /** Whether the members of the failed call are there afterwards. */
  done: boolean;
}

/** The SDK reports a connection reset as a time-out. */
const NO_ANSWER: Ending['guardduty'] = ['TimeoutError', undefined];

const FAILURES: Partial<Record<Fault, Ending>> = {
  'access-denied': {
    guardduty: ['AccessDeniedException', 403],
    securityhub: ['AccessDeniedException', 403],
    done: false,
  },
  'not-enabled': {
    guardduty: ['BadRequestException', 400],
    securityhub: ['InvalidAccessException', 401],
    done: false,
  },
  'bad-input': {
    guardduty: ['BadRequestException', 400],
    securityhub: ['InvalidInputException', 400],
    done: false,
  },
  throttle: {
    guardduty: ['ThrottlingException', 400],
    securityhub: ['LimitExceededException', 429],
    done: false,
  },
  'internal-error': {
    guardduty: ['InternalServerErrorException', 500],
    securityhub: ['InternalException', 500],
    done: false,
  },
  'html-502': { guardduty: ['SyntaxError', 502], securityhub: ['SyntaxError', 502], done: false },
  'reset-before': { guardduty: NO_ANSWER, securityhub: NO_ANSWER, done: false },
  'reset-after': { guardduty: NO_ANSWER, securityhub: NO_ANSWER, done: true },
  'hang-after': {
    guardduty: ['TimeoutError', undefined],
    securityhub: ['TimeoutError', undefined],
    done: true,
  },
  'cut-body': { guardduty: ['Error', 200], securityhub: ['Error', 200], done: true },
};

describe('magic account ids that fail the whole call', () => {
  it.each(
    failingRows.flatMap((row) => SERVICES.map((service) => ({ ...row, service, times: times(row.sends) }))),
  )('$digits: CreateMembers at $service meets $fault, $times', async ({ digits, fault, service, sends }) => {
    const { send, control } = await start(fault === 'hang-after' ? { requestTimeout: 1_000 } : {});
    const id = magicId(digits);
    const { done, [service]: expected } = FAILURES[fault]!;
    const { name, status } = await refusalOf(send(service, 'CreateMembers', [ORDINARY, id]));
    expect([name, status]).toEqual(expected);
    const { members } = await control.read<{ members: unknown[] }>(
      `members?account=${ACCOUNT}&region=us-east-1&service=${service}`,
    );
    expect(members).toHaveLength(done ? 2 : 0);

    if (sends === null) {
      expect((await refusalOf(send(service, 'CreateMembers', [id]))).name).toBe(name);
    } else if (done) {
      expect(await send(service, 'CreateMembers', [id])).toMatchObject([
        { text: RESULT_TEXTS[service].alreadyMember },
      ]);
    } else {
      expect(await send(service, 'CreateMembers', [id])).toEqual([]);
    }
  });

  it('does not affect reads, which show the result of a call', async () => {
    const { send } = await start();
    await refusalOf(send('guardduty', 'CreateMembers', [magicId('37')]));
    expect(await send('guardduty', 'GetMembers', [magicId('37')])).toEqual([]);
  });
});
