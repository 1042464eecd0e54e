/** Seconds to wait after each send of an account that can go again: as many sends as usual, in little time. */
export const QUICK_RETRIES = [0.05, 0.05, 0.1, 0.1, 0.1];

/** Rates at which no call has to wait, as environment variables of a gateway. */
export const FAST_RATES = {
  GUARDDUTY_RATE: '10000',
  GUARDDUTY_BURST: '10000',
  SECURITYHUB_RATE: '10000',
  SECURITYHUB_BURST: '10000',
};
