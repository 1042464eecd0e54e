import * as guardduty from '@aws-sdk/client-guardduty';
import * as organizations from '@aws-sdk/client-organizations';
import * as securityhub from '@aws-sdk/client-securityhub';
import * as sts from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { OPERATIONS, type SignedService } from '../../sandbox/operations.js';

const PACKAGES: Readonly<Record<SignedService, object>> = { guardduty, securityhub, sts, organizations };

/** The method and path of an operation in the models of the SDK. */
function routeInModel(service: SignedService, name: string): string {
  const schema = (PACKAGES[service] as Record<string, unknown>)[`${name}$`];
  const [, , , traits] = schema as [number, string, string, { http?: [string, string, number] } | number];
  const http = typeof traits === 'object' ? traits.http : undefined;
  // Protocols with one path have no such trait.
  return http ? `${http[0]} ${http[1]}` : 'POST /';
}

describe.each(Object.entries(OPERATIONS))('the operations of %s', (service, operations) => {
  it.each(Object.entries(operations))('%s is %s, as in the API model', (name, route) => {
    expect(routeInModel(service as SignedService, name)).toBe(route);
  });
});
