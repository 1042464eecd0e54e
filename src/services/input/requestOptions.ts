/** The options of every mutation that makes a request. Absent and null mean the default. */
export interface RequestOptions {
  readonly administrator?: string | null;
  readonly services?: readonly ('GUARDDUTY' | 'SECURITY_HUB')[] | null;
  readonly regions?: readonly string[] | null;
  readonly detectorId?: string | null;
  readonly note?: string | null;
  readonly idempotencyKey?: string | null;
  /** 0 to 60; default 20. */
  readonly waitSeconds?: number | null;
}
