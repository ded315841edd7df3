import { fileURLToPath } from 'node:url';
import { runApp } from '../../../lib/run-app.ts';

/** A stage behind CloudFront, which lets nothing around it. */
await runApp({
  dev: {
    protectData: false,
    rules: fileURLToPath(new URL('../../app/follow-ups.ts', import.meta.url)),
    domain: {
      domainName: 'webhooks.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d',
    },
    closeDefaultEndpoint: true,
    originHeader: 'required',
    sourceIpAllowList: ['127.0.0.1', '::1'],
  },
});
