import type { Handler, ServiceEntry, SignedCall } from '../calls/operation.js';
import { OPERATIONS, type OperationName, type OperationOf } from '../operations.js';
import type { Service } from '../scope.js';

/** The handlers of a service: one for each of its operations. */
export type Handlers<Name extends Service> = Readonly<Record<OperationOf<Name>, Handler>>;

/** Returns the service with these handlers. It finds the operation of a call by method and path. */
export function createRouter<Name extends Service>(service: Name, handlers: Handlers<Name>): ServiceEntry {
  const names = Object.keys(handlers) as OperationOf<Name>[];
  const routes = names.map((name) => ({ name, route: readRoute(OPERATIONS[service][name] as string) }));

  return (call) => {
    const name = routes.find(({ route }) => matches(route, call))?.name;
    return name && { ...handlers[name](call), name: name as OperationName };
  };
}

interface Route {
  readonly method: string;
  readonly segments: readonly string[];
}

function readRoute(text: string): Route {
  const [method = '', path = ''] = text.split(' ');
  return { method, segments: path.split('/').filter(Boolean) };
}

/** A segment in braces stands for any segment. */
const matches = (route: Route, { method, segments }: SignedCall): boolean =>
  route.method === method &&
  route.segments.length === segments.length &&
  route.segments.every((segment, i) => segment.startsWith('{') || segment === segments[i]);
