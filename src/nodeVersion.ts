/** The oldest version of Node that runs the gateway, as `engines` in package.json has it. */
export const OLDEST_NODE = '24.5';

/** The sentence about a Node that is too old; null for one that is not. */
export function nodeFault(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
    return null;
  }
  return `Node: expected version ${OLDEST_NODE} or later; got ${version}. npm ci brings one: node_modules/.bin/node`;
}
