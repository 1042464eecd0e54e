/** Rates at which no call has to wait, as environment variables of a gateway. */
export const FAST_RATES = {
  GUARDDUTY_RATE: '10000',
  GUARDDUTY_BURST: '10000',
  SECURITYHUB_RATE: '10000',
  SECURITYHUB_BURST: '10000',
};
