import { humanSize } from '../base/human-size';
import type { FirstTexts } from './i18n.svelte';
import type { Task } from './tasks.svelte';

/** What a task is at, in a few words: `verifying 3/6 · 812 MB/s`, or with a percentage where parts are not counted. */
export function taskText({ progress, speed, fraction }: Task, { shell }: FirstTexts): string {
  if (!progress) return shell.phaseReading;
  const phase = PHASES[progress.phase];
  const percent = fraction === undefined ? undefined : `${Math.floor(fraction * 100)}%`;
  const at = COUNT.test(progress.subject ?? '') ? progress.subject : percent;
  const words = [phase ? shell[phase] : progress.phase, at].filter(Boolean).join(' ');
  return speed === undefined ? words : `${words} · ${shell.speed(humanSize(speed))}`;
}

const COUNT = /^\d+\/\d+$/;

/** The phases that the core's tasks go through, as their progress names them. */
const PHASES: Readonly<Record<string, keyof FirstTexts['shell'] & `phase${string}`>> = {
  scan: 'phaseReading',
  downloading: 'phaseDownloading',
  pushing: 'phasePushing',
  unpack: 'phaseUnpacking',
  verify: 'phaseVerifying',
  verifying: 'phaseVerifying',
  storing: 'phaseStoring',
  compress: 'phaseCompressing',
  write: 'phaseWriting',
};
