/*
 * The page that a browser gets on /graphql: GraphiQL over the same address, with the questions people come with
 * already in its tabs.
 */
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
    // Accounts and ids go into the variables, so they are in sight from the start.
    defaultEditorToolsVisibility="variables"
    // The header editor is where a token is typed; it lives as long as the page.
    shouldPersistHeaders={false}
    // No history plugin: it writes headers to localStorage whatever shouldPersistHeaders says. The gateway's own
    // record tells better what was asked.
    plugins={[]}
    inputValueDeprecation
    schemaDescription
  >
    <GraphiQL.Logo>
      <span className="logo">Membership gateway</span>
    </GraphiQL.Logo>
  </GraphiQL>,
);
