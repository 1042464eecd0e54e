import {
  addMembersTab,
  inviteMembersTab,
  membersNowTab,
  reconcileTab,
  removalPreviewTab,
} from './tabs/memberTabs.js';
import {
  oneAccountTab,
  oneRequestTab,
  requestsTab,
  unprocessedTab,
  watchRequestTab,
} from './tabs/recordTabs.js';
import type { StartingTab } from './tabs/startingTab.js';

/** The tabs of a first visit, in order. */
export const TABS: readonly StartingTab[] = [
  addMembersTab,
  inviteMembersTab,
  unprocessedTab,
  requestsTab,
  oneRequestTab,
  watchRequestTab,
  oneAccountTab,
  membersNowTab,
  reconcileTab,
  removalPreviewTab,
];
