import { describeRemovals } from './describeRemovals.js';

describeRemovals(
  'GuardDuty',
  {
    service: 'GUARDDUTY',
    signingName: 'guardduty',
    async detectorId(upstream, target) {
      const found = await upstream.findDetector(target);
      return found.kind === 'READ' ? found.detectorId : null;
    },
  },
  false,
);

describeRemovals(
  'Security Hub',
  { service: 'SECURITY_HUB', signingName: 'securityhub', detectorId: async () => null },
  true,
);
