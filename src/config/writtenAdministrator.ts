import type { SecurityService } from '../membership.js';

/** A value, with its line in the file. */
export interface Located<Value> {
  readonly line: number;
  readonly value: Value;
}

/** An administrator as the file has it. Missing and faulty values are null or absent from their list. */
export interface WrittenAdministrator {
  readonly line: number;
  readonly id: Located<string> | null;
  readonly accountId: Located<string> | null;
  readonly roleArn: Located<string> | null;
  readonly externalId: Located<string> | null;
  readonly profile: Located<string> | null;
  readonly services: readonly Located<SecurityService>[];
  readonly regions: readonly Located<string>[];
  /** By region. */
  readonly detectorIds: readonly { readonly region: Located<string>; readonly id: string | null }[];
}

/** Takes a fault at a line. */
export type Report = (line: number, fault: string) => void;
