/**
 * The headers of an answer that goes out in parts. Proxies pass each part on at once: nginx, which by default collects an answer
 * first, obeys X-Accel-Buffering, and caches and compressors obey Cache-Control.
 */
export const STREAM_HEADERS = {
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};
