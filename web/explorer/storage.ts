/**
 * Returns a view of `storage` under a prefix of this page. Another GraphiQL on the same host and port has its own tabs.
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
