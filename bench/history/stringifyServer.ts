/* JSON.stringify of a page, on node:http. ANSWER_URL names who is asked for the page, once, at the start. */
import { PAGE_QUERY, REQUEST_ID } from './page.ts';
import { serve } from './serve.ts';

const response = await fetch(process.env['ANSWER_URL'] ?? '', {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-request-id': REQUEST_ID },
  body: JSON.stringify({ query: PAGE_QUERY, variables: { after: null } }),
});
const answer = (await response.json()) as object;

serve(() => `${JSON.stringify(answer)}\n`);
