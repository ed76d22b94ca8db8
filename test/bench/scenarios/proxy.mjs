import { isInstalled } from '../program.mjs';
import { proxyRows } from '../proxy.mjs';

/** What the CORS proxy costs, beside the same transfers without it. */
export const name = 'proxy';

export async function measure({ rounds }) {
  return isInstalled('docker-registry') ? proxyRows(rounds) : [];
}
