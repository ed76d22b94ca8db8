import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../src/proxy/public-address';

describe('isPublicAddress', () => {
  it.each(['1.1.1.1', '44.205.64.79', '172.15.0.1', '172.32.0.1', '2606:4700::6810:84e5'])(
    'takes %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
    ...['100.64.0.1', '0.0.0.0', '255.255.255.255', '224.0.0.1', '198.18.0.1'],
    ...['::', '::1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', 'fe80::1', 'fd00:ec2::254', 'ff02::1'],
    ...['192.31.196.1', '192.52.193.1', '192.175.48.1', '2620:4f:8000::1', '5f00::1', '100::1'],
    ...['64:ff9b::a00:1', '2002:a00:1::', '2001:db8::1', 'not an address', ''],
  ])('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
