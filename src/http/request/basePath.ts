/**
 * The gateway's own address in that of a request: a proxy may hand the base path on or cut it off, and probes come without a
 * proxy. All answers are the same.
 *
 * @param basePath as `/members`; empty: none.
 */
export function withoutBasePath(url: string, basePath: string): string {
  const rest = basePath !== '' && url.startsWith(basePath) ? url.slice(basePath.length) : url;
  if (rest === '' || rest.startsWith('?')) {
    return `/${rest}`;
  }
  return rest.startsWith('/') ? rest : url;
}
