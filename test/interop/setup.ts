import type { TestProject } from 'vitest/node';
import { Engine } from './engine';
import { isRequired, whyNoPeers } from './peers';
import { prepareSamples, type Sample } from './samples/samples';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the samples are; empty where the programs that make them are absent. */
    readonly sampleFolder: string;
    readonly samples: readonly Sample[];
  }
}

/** Runs once, before the suites: makes the samples, or says in one line why the suites that need them are skipped. */
export default async function setup(project: TestProject): Promise<void> {
  const reason = whyNoPeers() ?? (await whyNoEngine());
  if (reason !== undefined) {
    if (isRequired) throw new Error(`DRYDOCK_INTEROP=required, but ${reason}`);
    console.log(`interop: suites against the real programs are skipped: ${reason}`);
    project.provide('sampleFolder', '');
    project.provide('samples', []);
    return;
  }
  const { folder, samples } = await prepareSamples();
  project.provide('sampleFolder', folder);
  project.provide('samples', samples);
}

/** An engine that is installed need not start: a container may lack the rights. */
async function whyNoEngine(): Promise<string | undefined> {
  try {
    await (await Engine.start()).stop();
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return `dockerd does not start here: ${text.replaceAll('\n', ' ')}`;
  }
}
