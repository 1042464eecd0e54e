import { tab, type StartingTab } from './startingTab.js';

const ACCOUNTS = [
  { accountId: '210987654321', email: 'audit@example.com' },
  { accountId: '321098765432', email: 'payments@example.com' },
];
const ACCOUNT_IDS = ACCOUNTS.map(({ accountId }) => accountId);
const NOTE = 'from the explorer';
const A_REQUEST = { id: 'request_...' };

/** The tabs of a first visit, in order. */
export const TABS: readonly StartingTab[] = [
  tab(
    'createMembers',
    { input: { accounts: ACCOUNTS, alreadyMember: 'UNPROCESSED', note: NOTE } },
    `
Run this tab with the arrow, or Ctrl-Enter. It adds the accounts in the variables below. Put the id of the request into the tab
RequestDetails or RequestProgress.

If the gateway requires a token, open Headers:
{"authorization": "Bearer ..."}
All tabs use it until you leave the page.`,
  ),
  tab('inviteMembers', { input: { accountIds: ACCOUNT_IDS, note: NOTE } }),
  tab('outcomes', { filter: { status: ['UNPROCESSED', 'FAILED'] }, first: 50 }),
  tab('requests', { first: 20 }),
  tab('requestDetails', A_REQUEST, 'Put its id into the variables below.'),
  tab(
    'requestProgress',
    A_REQUEST,
    'Put its id into the variables below. The button stops watching; the request continues.',
  ),
  tab('account', { accountId: ACCOUNT_IDS[0], first: 50 }),
  tab('accounts', { accountIds: ACCOUNT_IDS }),
  tab('reconcile', { input: { accounts: ACCOUNTS } }),
  tab(
    'disassociateMembers',
    { input: { accountIds: ACCOUNT_IDS, dryRun: true } },
    'To end the memberships, put the token of the plan into "confirm" and remove dryRun.',
  ),
];
