import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { OPERATIONS } from '../../sandbox/operations.js';
import type { Service } from '../../sandbox/scope.js';

const page = readFileSync('UPSTREAMS.md', 'utf8');

/** The exceptions that an operation declares in the model of the installed SDK, sorted. */
function declaredExceptions(service: Service, operation: string): string[] {
  const command = readFileSync(
    `node_modules/@aws-sdk/client-${service}/dist-types/commands/${operation}Command.d.ts`,
    'utf8',
  );
  return [...command.matchAll(/@throws \{@link (\w+)\} \((?:client|server) fault\)/g)]
    .map(([, name = '']) => name)
    .toSorted();
}

it('UPSTREAMS.md names the exceptions of each operation of Security Hub', () => {
  const [, table = ''] = /^\| Operations +\| Other exceptions.*\n\|.*\n((?:\|.*\n)+)/m.exec(page) ?? [];
  const told = table
    .trim()
    .split('\n')
    .flatMap((row) => {
      const [operations = [], exceptions = []] = row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.split(',').map((word) => word.trim()));
      const names = [...exceptions, 'Internal', 'InvalidAccess'].map((name) => `${name}Exception`);
      return operations.map((operation) => [operation, names.toSorted()] as const);
    });
  const declared = Object.keys(OPERATIONS.securityhub).map((operation) => [
    operation,
    declaredExceptions('securityhub', operation),
  ]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(declared));
});

it.each(Object.keys(OPERATIONS.guardduty))('GuardDuty declares the two exceptions for %s', (operation) => {
  expect(page).toContain(
    'declares BadRequestException (400) and InternalServerErrorException (500) for every operation',
  );
  expect(declaredExceptions('guardduty', operation)).toEqual([
    'BadRequestException',
    'InternalServerErrorException',
  ]);
});
