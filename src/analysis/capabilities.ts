/** Linux's capabilities by bit. https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h */
const NAMES = (
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service ' +
  'net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin ' +
  'sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override ' +
  'mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'
).split(' ');

const REVISION_MASK = 0xff000000;
const EFFECTIVE = 1;
/** Words of permitted and inheritable bits, by revision. */
const PAIRS: Readonly<Record<number, number>> = { 0x01000000: 1, 0x02000000: 2, 0x03000000: 2 };

/** The attribute `security.capability` as `getcap` prints it: `cap_net_raw=ep`. Undefined for what is none. */
export function formatCapabilities(attribute: Uint8Array): string | undefined {
  if (attribute.length < 12) return undefined;
  const view = new DataView(attribute.buffer, attribute.byteOffset, attribute.byteLength);
  const magic = view.getUint32(0, true);
  const pairs = PAIRS[(magic & REVISION_MASK) >>> 0];
  if (pairs === undefined || attribute.length < 4 + pairs * 8) return undefined;
  const effective = (magic & EFFECTIVE) !== 0 ? 'e' : '';
  const byFlags = new Map<string, string[]>();
  for (let bit = 0; bit < pairs * 32; bit++) {
    const word = 4 + (bit >> 5) * 8;
    const has = (at: number): boolean => ((view.getUint32(at, true) >>> (bit & 31)) & 1) === 1;
    const inheritable = has(word + 4) ? 'i' : '';
    const permitted = has(word) ? 'p' : '';
    if (inheritable === '' && permitted === '') continue;
    const flags = effective + inheritable + permitted;
    byFlags.set(flags, [...(byFlags.get(flags) ?? []), `cap_${NAMES[bit] ?? String(bit)}`]);
  }
  return [...byFlags].map(([flags, names]) => `${names.join(',')}=${flags}`).join(' ') || '=';
}
