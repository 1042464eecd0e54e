import { BlockList, isIP, isIPv4 } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** An address with a port, of which IPv6 is in brackets, or brackets alone. */
const WITH_PORT = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/;

/** An IPv4 address as a socket for both versions shows it. */
const MAPPED = /^::ffff:([\d.]+)$/i;

/** Whether the sender of an address is one of the trusted addresses and networks, for Fastify's `trustProxy`. */
export function createTrustProxy(trusted: readonly string[]): (sender: string) => boolean {
  const networks = new BlockList();
  for (const network of trusted) {
    const [address = '', bits] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    networks.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return (sender) => {
    const address = addressIn(sender);
    return address !== null && networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  };
}

/**
 * The address of the client, as far as the proxies are trusted: the last one before which all are. Where X-Forwarded-For has
 * something else, such as `unknown`, the address is that of the proxy which wrote it.
 */
export function clientAddress({ ip, ips = [ip] }: Pick<FastifyRequest, 'ip' | 'ips'>): string {
  return ips.map(addressIn).findLast((address) => address !== null) ?? ip;
}

/** The address in an entry of X-Forwarded-For, which may have a port and brackets; null for a text without one. */
export function addressIn(entry: string): string | null {
  const [, bracketed, beforePort] = WITH_PORT.exec(entry) ?? [];
  const address = bracketed ?? beforePort ?? entry;
  const plain = MAPPED.exec(address)?.[1] ?? address;
  return isIP(plain) === 0 || plain.includes('%') ? null : plain;
}
