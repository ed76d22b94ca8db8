import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TemplateError } from '../../src/commands/template/errors';
import { Template } from '../../src/commands/template/template';
import { ContextClient } from './context-client';
import { templates } from './template-grammar';
import type { Answer } from './transcript';

/** Templates that nobody thought of, the same in every run. */
const SEEDS = [1, 2, 3, 4, 5, 6];
const TEMPLATES = 80;
/** Clients that run at a time. */
const CLIENTS = 3;

const reason = await ContextClient.whyNone();
if (reason !== undefined) console.log(`interop: templates are not run live: ${reason}`);

describe.skipIf(reason !== undefined)('generated templates, live', () => {
  let client: ContextClient;
  let compared = 0;

  beforeAll(async () => {
    client = await ContextClient.open();
  });
  afterAll(async () => {
    await client.close();
    console.log(`interop: ${compared} generated templates compared with docker's client, live`);
  });

  it.each(SEEDS)('of seed %i', async (seed) => {
    const left = fc.sample(templates, { numRuns: TEMPLATES, seed });
    const compare = async (): Promise<void> => {
      for (let text = left.pop(); text !== undefined; text = left.pop()) {
        const answer = answerOf(text, client);
        // What Drydock stops, docker's client would not end.
        if (answer === undefined) continue;
        expect({ text, ...answer }).toEqual({ text, ...(await client.answer(text)) });
        compared += 1;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, compare));
  });
});

/** What Drydock makes of a template where docker's client inspects a context; undefined where it is past Drydock's bounds. */
function answerOf(text: string, { value }: ContextClient): Answer | undefined {
  let template: Template | undefined;
  try {
    template = new Template(text);
    return { stdout: `${template.execute(value)}\n`, stderr: '', exitCode: 0 };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    if (error.code === 'limit') return undefined;
    const stderr = `template parsing error: ${error.message}\n`;
    return template ? { stdout: '\n', stderr, exitCode: 1 } : { stdout: '', stderr, exitCode: 64 };
  }
}
