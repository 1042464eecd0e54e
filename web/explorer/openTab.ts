import { TABS } from './tabs.js';

interface StoredTabs {
  readonly tabs: readonly { readonly query: string | null; readonly variables: string | null }[];
  readonly activeTabIndex: number;
}

/**
 * What the editors start with: the tab that was open when the page was left, or the first of TABS. GraphiQL brings
 * its tabs back by itself, but fills the variables editor only when it is told what with, and takes the tab with the
 * same query and variables for the open one.
 */
export function openTab(storage: { getItem(key: string): string | null }) {
  const stored = storedTabs(storage.getItem('graphiql:tabState'));
  const tab = stored === undefined ? TABS[0] : stored.tabs[stored.activeTabIndex];
  return {
    ...(tab?.query ? { initialQuery: tab.query } : {}),
    ...(tab?.variables ? { initialVariables: tab.variables } : {}),
  };
}

function storedTabs(text: string | null): StoredTabs | undefined {
  try {
    const stored = JSON.parse(text ?? 'null') as StoredTabs | null;
    return Array.isArray(stored?.tabs) ? stored : undefined;
  } catch {
    return undefined;
  }
}
