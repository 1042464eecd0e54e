/** No credentials were available, so nothing was sent to the service. `cause` says why. */
export class CredentialFailure extends Error {
  override readonly name = 'CredentialFailure';
}

/** STS failed in every region that was asked. */
export class RegionFailures extends Error {
  override readonly name = 'RegionFailures';

  /** @param failures one or more, in the order in which the regions were asked. */
  constructor(readonly failures: readonly { readonly region: string; readonly error: unknown }[]) {
    super('STS failed in every region.');
  }
}

/** The credentials are those of another account than the configuration says. */
export class WrongAccount extends Error {
  override readonly name = 'WrongAccount';

  constructor(expected: string, actual: string) {
    super(`expected credentials of the account ${expected}; got those of ${actual}, as STS names it`);
  }
}
