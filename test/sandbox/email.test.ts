import { expect, it } from 'vitest';
import { isMemberEmail } from '../../sandbox/members/email.js';

it.each([
  'a@b.co',
  'owner+aws@example.com',
  'o{}!#$*/=?^_`~-@sub-domain.example.co.uk',
  `${'a'.repeat(52)}@example.com`,
  'a.@b.co',
])('GuardDuty takes %s', (email) => {
  expect(isMemberEmail(email)).toBe(true);
});

it.each([
  'a@b.c',
  `${'a'.repeat(53)}@example.com`,
  'owner.example.com',
  'a@b@example.com',
  '@example.com',
  '.owner@example.com',
  'own er@example.com',
  'own"er@example.com',
  "own'er@example.com",
  'own(er@example.com',
  'own>er@example.com',
  'own[er@example.com',
  'own:er@example.com',
  'own,er@example.com',
  'own\\er@example.com',
  'own|er@example.com',
  'own%er@example.com',
  'own&er@example.com',
  'öwner@example.com',
  'owner@example',
  'owner@.example.com',
  'owner@example.com.',
  'owner@-example.com',
  'owner@example.com-',
  'owner@exa_mple.com',
])('GuardDuty refuses %s', (email) => {
  expect(isMemberEmail(email)).toBe(false);
});
