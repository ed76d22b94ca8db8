import { BlockList, isIP } from 'node:net';

/**
 * Ranges that are not the public Internet; and those of AS112 and AMT, which are answered by whatever node is near, often of one's own
 * network. https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin
 */
const SPECIAL_IPV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
  ...['192.31.196.0/24', '192.52.193.0/24', '192.175.48.0/24'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
/** All but 2000::/3, and of that what carries an IPv4 address, is for documents or is AS112's. */
const SPECIAL_IPV6 = [
  ...['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
  '2620:4f:8000::/48',
];

// Two lists: Node would hold an IPv4 address against the IPv6 ranges as well.
const special = { ipv4: blockList('ipv4', SPECIAL_IPV4), ipv6: blockList('ipv6', SPECIAL_IPV6) };

/** True for an address of the public Internet: not private, loopback, link-local, multicast, nor a cloud's metadata service. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  return !special[family].check(address, family);
}

function blockList(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix = ''] = range.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
