import { describe, expect, it } from 'vitest';
import { RealmQuestions } from '../../../src/app/registry/realm-questions.svelte';

const one = { registry: 'nas.example:5000', realm: 'tokens.example.net' };
const other = { registry: 'nas.example:5000', realm: 'elsewhere.example.org' };

describe('the question about a token server', () => {
  it('is asked once, whoever wants to know, and one question at a time', async () => {
    const questions = new RealmQuestions();
    const answers = [questions.ask(one), questions.ask(other), questions.ask({ ...one })];
    expect(questions.current).toMatchObject(one);
    questions.answer(true);
    expect(questions.current).toMatchObject(other);
    questions.answer(false);
    expect(questions.current).toBeUndefined();
    expect(await Promise.all(answers)).toEqual([true, false, true]);
  });

  it('is asked anew after an answer', async () => {
    const questions = new RealmQuestions();
    const first = questions.ask(one);
    questions.answer(false);
    const second = questions.ask(one);
    questions.answer(true);
    expect(await Promise.all([first, second])).toEqual([false, true]);
  });

  it('is a no where nobody answers, so that no script waits for ever', async () => {
    const questions = new RealmQuestions({ patience: 5 });
    expect(await questions.ask(one)).toBe(false);
    expect(questions.current).toBeUndefined();
  });

  it('does nothing with an answer that nobody asked for', () => {
    const questions = new RealmQuestions();
    questions.answer(true);
    expect(questions.current).toBeUndefined();
  });
});
