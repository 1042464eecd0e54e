import { TABS } from './tabs.js';

interface StoredTabs {
  readonly tabs: readonly { readonly query: string | null; readonly variables: string | null }[];
  readonly activeTabIndex: number;
}

/**
 * Returns the initial content of the editors: the tab that was open at the last visit, or the first of TABS. GraphiQL
 * restores its tabs by itself, but not the variables editor. It opens the tab with the same query and variables.
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
