import { describe, expect, it } from 'vitest';
import { errorView } from '../../../src/app/error-table';
import type { ErrorRecord } from '../../../src/base/errors';
import { laterEn as en } from '../../../src/i18n/later-en';
import { zhCn } from '../../../src/i18n/zh-cn';

function record(code: string, detail: ErrorRecord['detail'] = {}): ErrorRecord {
  return { code, message: 'Layer 3 is wrong.', detail };
}

describe('the error card', () => {
  it('says which part is wrong, and shows the digests that differ', () => {
    const error = record('digest-mismatch', { what: 'layer 3', expected: 'a', found: 'b' });
    expect(errorView(error, en.errors)).toMatchObject({
      title: 'Layer 3 is not what its digest says',
      problem: 'Layer 3 is wrong.',
      mismatch: { expected: 'a', found: 'b' },
      actions: ['open-again', 'look-inside'],
    });
  });

  it('keeps titles and sentences short: where a layer lies is told once, digests by their beginning', () => {
    const message = `layer 2 of 3 (blobs/sha256/${'ab'.repeat(32)}) in x.tar is damaged.`;
    const detail = { what: `layer 2 of 3 (blobs/sha256/${'ab'.repeat(32)}) in x.tar` };
    const view = errorView({ code: 'digest-mismatch', message, detail }, en.errors);
    expect(view.title).toBe('Layer 2 of 3 is not what its digest says');
    expect(view.problem).toBe('layer 2 of 3 (blobs/sha256/abababababab…) in x.tar is damaged.');
  });

  it('has a name for the part where the error has none', () => {
    expect(errorView(record('size-mismatch'), en.errors).title).toBe(
      'A part of the image has the wrong size',
    );
  });

  it('separates what to do from why', () => {
    const [step] = errorView(record('truncated'), en.errors).steps;
    expect(step).toEqual({
      lead: 'Download or save the archive again.',
      rest: 'Compare its size with the original first.',
    });
    const [chinese] = errorView(record('truncated'), zhCn.errors).steps;
    expect(chinese).toEqual({ lead: '重新下载或保存归档。', rest: '请先与原文件比较大小。' });
  });

  it('does not show two equal or numeric facts as digests', () => {
    const error = record('size-mismatch', { expected: 12, found: 13 });
    expect(errorView(error, en.errors).mismatch).toBeUndefined();
  });

  it('calls a code that nobody knows its own mistake, and keeps the code', () => {
    const view = errorView(record('toString'), en.errors);
    expect(view).toMatchObject({ title: 'Drydock made a mistake', code: 'toString' });
    expect(view.steps.length).toBeGreaterThan(0);
  });
});
