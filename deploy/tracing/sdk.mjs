// Starts the OpenTelemetry SDK, which reads OTEL_*: node --import ./deploy/tracing/sdk.mjs dist/src/main.js
import { startNodeSdk } from '@opentelemetry/sdk-node';

startNodeSdk();
