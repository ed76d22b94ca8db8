import { describe, expect, it } from 'vitest';
import { toErrorRecord, type CodedError } from '../../../src/base/errors';
import { partText, problem } from '../../../src/i18n/zh-cn/problems';
import { configOfChanges } from '../../../src/image/dockerfile/config-changes';
import { ImageError } from '../../../src/image/errors';
import { checkTarget } from '../../../src/image/tag';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const inUse: CodedError = new ImageError('image-in-use', 'conflict: unable to delete 0123456789ab');

describe('what docker refuses is said in Chinese, with its own words behind', () => {
  it.each([
    ['a name', thrownBy(() => checkTarget('acme/API')), '镜像名称的写法无效', 'must be lowercase'],
    ['a tag', thrownBy(() => checkTarget('sha256:1')), '这个名称不能作为标签', 'ambiguous tag'],
    ['an instruction', thrownBy(() => configOfChanges(['RUN ls'])), '不是可用的', 'run is'],
    ['an image in use', inUse, '镜像不能就此删除', 'unable to delete 0123456789ab'],
  ])('%s', (_, error, said, dockers) => {
    const told = problem(toErrorRecord(error));
    expect(told).toContain(said);
    expect(told).toMatch(/docker：.*）。$/);
    expect(told).toContain(dockers);
  });
});

describe('the part of an image that a sentence is about is named in Chinese', () => {
  it.each([
    ['layer 1 (blobs/sha256/ab) in app.tar', '第 1 层（blobs/sha256/ab）（位于 app.tar）'],
    ['The image configuration', '配置'],
    ['manifest 0 of the index sha256:ab', '索引 sha256:ab 的第 0 个清单'],
    [
      'platform of manifest 1 of index.json in app.tar',
      'index.json（位于 app.tar）的第 1 个清单的平台',
    ],
    ['The manifest sha256:ab of ghcr.io', 'ghcr.io 的清单 sha256:ab'],
    ['The manifest that ghcr.io sent', '清单'],
    ['the configuration of the manifest sha256:ab', '清单 sha256:ab 的配置'],
    ['the table of contents of layer 1', '第 1 层的目录表'],
    ['the list of referrers of sha256:ab', 'sha256:ab 的引用者列表'],
    ['manifest.json in app.tar', 'manifest.json（位于 app.tar）'],
  ])('%s', (what, told) => {
    expect(partText(what)).toBe(told);
  });
});
