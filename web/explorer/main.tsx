/* The page at /graphql: GraphiQL for the same address, with tabs for the most frequent operations. */
import { GraphiQL } from 'graphiql';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { createRoot } from 'react-dom/client';
import { createFetcher } from './fetcher.js';
import { openTab } from './openTab.js';
import './page.css';
import { namespacedStorage } from './storage.js';
import { TABS } from './tabs.js';

const root = document.getElementById('root');
if (root === null) {
  throw new Error('index.html has no element with the id root.');
}
const storage = namespacedStorage(window.localStorage);

createRoot(root).render(
  <GraphiQL
    fetcher={createFetcher()}
    storage={storage}
    defaultTabs={[...TABS]}
    {...openTab(storage)}
    // Users change accounts and ids in the variables, so the variables editor is open at the start.
    defaultEditorToolsVisibility="variables"
    // Users type a token into the header editor. The token must not outlive the page.
    shouldPersistHeaders={false}
    // The history plugin would write headers to localStorage despite shouldPersistHeaders.
    plugins={[]}
    inputValueDeprecation
    schemaDescription
  >
    <GraphiQL.Logo>
      <span className="logo">Membership gateway</span>
    </GraphiQL.Logo>
  </GraphiQL>,
);
