/**
 * `storage` as GraphiQL sees it, under a prefix of this page's own: another GraphiQL that was once on the same host and
 * port neither leaves its tabs here nor loses them.
 */
export function namespacedStorage(storage: Storage, prefix = 'membership-gateway:') {
  const keys = () => Object.keys(storage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key: string) => storage.getItem(prefix + key),
    setItem: (key: string, value: string) => {
      storage.setItem(prefix + key, value);
    },
    removeItem: (key: string) => {
      storage.removeItem(prefix + key);
    },
    clear: () => {
      for (const key of keys()) {
        storage.removeItem(key);
      }
    },
    get length() {
      return keys().length;
    },
  };
}
