import { humanSize } from '../../base/human-size';
import type { WorkDone } from './console-entry.svelte';
import type { Texts } from '../i18n.svelte';

/** `243 MB in 0.9 s, 13 of 13 layers verified`. */
export function workText({ bytes, milliseconds, layers }: WorkDone, { console }: Texts): string {
  const time = console.seconds(secondsText(milliseconds));
  const amount = console.bytesInTime(humanSize(bytes), time);
  return layers === undefined ? amount : console.withLayers(amount, layers);
}

/** Two digits at least: `0.9`, `12`, `130`. */
function secondsText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds).toString();
}
