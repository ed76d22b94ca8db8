import { describe, expect, it } from 'vitest';
import { errorView } from '../../../src/app/error-table';
import type { ErrorRecord } from '../../../src/base/errors';
import { laterEn as en } from '../../../src/i18n/later-en';
import { zhCn } from '../../../src/i18n/zh-cn';

/** What a pull, a load or the store can fail by. */
const CODES = [
  ...['digest-mismatch', 'diff-id-mismatch', 'size-mismatch', 'truncated', 'bad-compression'],
  ...['bad-tar', 'not-a-layer', 'limit-exceeded', 'json-too-large', 'json-too-deep', 'bad-json'],
  ...['bad-document', 'bad-digest', 'bad-reference', 'bad-manifest', 'artifact', 'schema1'],
  ...['no-such-platform', 'foreign-layer', 'blob-missing', 'offline', 'registry-unreachable'],
  ...[
    'no-answer',
    'mixed-content',
    'insecure-proxy',
    'proxy-missing',
    'not-a-proxy',
    'proxy-refused',
    'bad-proxy-template',
  ],
  ...[
    'not-a-registry',
    'web-page',
    'bad-reply',
    'unauthorized',
    'denied',
    'not-found',
    'blob-unknown',
  ],
  ...['rate-limited', 'registry-failed', 'registry-refused', 'bad-token', 'realm-refused'],
  ...['connection-lost', 'wrong-passphrase', 'encryption-unavailable', 'quota-exceeded'],
  ...['store-conflict', 'store-blocked', 'store-outdated', 'storage-unavailable'],
  ...['worker-crashed'],
];

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
    const message = `layer 1 (blobs/sha256/${'ab'.repeat(32)}) in x.tar is damaged.`;
    const detail = { what: `layer 1 (blobs/sha256/${'ab'.repeat(32)}) in x.tar` };
    const view = errorView({ code: 'digest-mismatch', message, detail }, en.errors);
    expect(view.title).toBe('Layer 1 is not what its digest says');
    expect(view.problem).toBe('layer 1 (blobs/sha256/abababababab…) in x.tar is damaged.');
  });

  it('has a name for the part where the error has none', () => {
    expect(errorView(record('size-mismatch'), en.errors).title).toBe(
      'A part of the image has the wrong size',
    );
  });

  it('says of what came from a registry nothing of archives and files', () => {
    for (const code of CODES) {
      const { title, text, steps, actions } = errorView(record(code), en.errors, 'registry');
      const said = [title, text, ...steps.flatMap(({ lead, rest }) => [lead, rest])].join(' ');
      expect(`${code}: ${said}`).not.toMatch(/archive|download|right file|open again/i);
      expect([code, ...actions]).not.toContain('open-again');
    }
  });

  it('says of a save that nothing was saved, and nothing of archives that were opened', () => {
    const codes = ['blob-missing', 'digest-mismatch', 'diff-id-mismatch', 'size-mismatch'];
    const more = ['truncated', 'bad-compression', 'bad-tar', 'quota-exceeded', 'worker-crashed'];
    for (const code of [...codes, ...more]) {
      const { text, steps } = errorView(record(code), en.errors, 'save');
      const said = [text, ...steps.flatMap(({ lead, rest }) => [lead, rest])].join(' ');
      expect(`${code}: ${said}`).toMatch(/Nothing was saved/);
      expect(`${code}: ${said}`).not.toMatch(/archive|download|image did not fit|was stored/i);
    }
  });

  it('says in Chinese what is wrong, with the facts; the details to copy keep the core’s sentence', () => {
    const detail = { host: 'ghcr.io', status: 503, text: 'service unavailable' };
    const failed = errorView({ ...record('registry-failed'), detail }, zhCn.errors);
    expect(failed.problem).toBe('ghcr.io 自身出错（HTTP 状态 503，原文 service unavailable）。');
    const layer = { what: 'layer 1 (abc)', expected: 'sha256:a', found: 'sha256:b' };
    const wrong = errorView({ ...record('digest-mismatch'), detail: layer }, zhCn.errors);
    expect(wrong.problem).toBe(
      '第 1 层（abc）已损坏或并非所声明的内容：摘要不符（应为 sha256:a，实际 sha256:b）。',
    );
    expect(wrong.title).toBe('第 1 层 与其摘要不符');
    const json = { what: 'manifest.json in app.tar', position: 12 };
    expect(errorView({ ...record('bad-json'), detail: json }, zhCn.errors).problem).toBe(
      'manifest.json（位于 app.tar）不是有效的 JSON（字节位置 12）。',
    );
    for (const code of CODES) {
      expect(errorView(record(code), zhCn.errors).problem).toMatch(/[\u4e00-\u9fff].*。$/);
    }
    expect(errorView(record('unexpected'), zhCn.errors).problem).toBe('Layer 3 is wrong.');
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
