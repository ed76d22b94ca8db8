import { describe, expect, it } from 'vitest';
import { proxiedUrl } from '../../../src/registry/http/proxy-template';

const TARGET = 'https://ghcr.io/v2/a/tags/list?n=1&last=x%2Fy';
const PAGE = 'https://drydock.example/app/#/pull';

describe('the proxy template', () => {
  it.each([
    ['/proxy/{url}', `https://drydock.example/proxy/${TARGET}`],
    [
      'https://p.example/?u={encodedUrl}&k=1',
      `https://p.example/?u=${encodeURIComponent(TARGET)}&k=1`,
    ],
    ['https://p.example/', `https://p.example/${TARGET}`],
    ['proxy/', `https://drydock.example/app/proxy/${TARGET}`],
  ])('%s', (template, expected) => {
    expect(proxiedUrl(template, TARGET, PAGE)).toBe(expected);
  });

  it('does not take a target for a pattern', () => {
    expect(proxiedUrl('https://p.example/{url}', 'https://x/$&$1', PAGE)).toBe(
      'https://p.example/https://x/$&$1',
    );
  });

  it.each(['javascript:alert(1)//', 'https://user:secret@p.example/', 'ftp://p.example/'])(
    'refuses %s',
    (template) => {
      expect(() => proxiedUrl(template, TARGET, PAGE)).toThrow(
        expect.objectContaining({ code: 'bad-proxy-template' }),
      );
    },
  );
});
