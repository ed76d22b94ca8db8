import { describe, expect, it } from 'vitest';
import { formatCapabilities } from '../../../src/analysis/capabilities';

const words = (...values: readonly number[]) => {
  const bytes = new Uint8Array(values.length * 4);
  values.forEach((value, i) => new DataView(bytes.buffer).setUint32(i * 4, value, true));
  return bytes;
};

describe('formatCapabilities', () => {
  it('says what ping has, as getcap does', () => {
    expect(formatCapabilities(words(0x02000001, 1 << 13, 0, 0, 0))).toBe('cap_net_raw=ep');
  });

  it('groups capabilities by their flags', () => {
    expect(formatCapabilities(words(0x02000000, 0b11, 0b100, 0b10, 0))).toBe(
      'cap_chown,cap_dac_override,cap_mac_admin=p cap_dac_read_search=i',
    );
  });

  it('reads the third revision, which ends with a user', () => {
    expect(formatCapabilities(words(0x03000001, 1 << 10, 0, 0, 0, 1000))).toBe(
      'cap_net_bind_service=ep',
    );
  });

  it('takes nothing else for capabilities', () => {
    expect(formatCapabilities(new Uint8Array(3))).toBeUndefined();
    expect(formatCapabilities(words(0x09000000, 1, 0, 0, 0))).toBeUndefined();
    expect(formatCapabilities(words(0x02000001, 1, 0))).toBeUndefined();
  });
});
