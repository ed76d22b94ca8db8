import { describe, expect, it } from 'vitest';
import { goJson } from '../../../src/image/go-json';
import { joinHistory } from '../../../src/image/history';
import { inspectImage } from '../../../src/image/inspect';
import { parseDigest } from '../../../src/oci/digest';
import { parseImageConfig } from '../../../src/oci/image-config';

const digest = (letter: string) => parseDigest(`sha256:${letter.repeat(64)}`);
const configOf = (value: unknown) =>
  parseImageConfig(new TextEncoder().encode(JSON.stringify(value)));

describe('the history of an image', () => {
  const config = (emptyLayers: readonly boolean[], layerCount: number) =>
    configOf({
      history: emptyLayers.map((empty_layer) => ({ empty_layer })),
      rootfs: { diff_ids: Array.from({ length: layerCount }, () => digest('a')) },
    });

  it('gives each step that is not empty the next layer', () => {
    const { steps, isJoined } = joinHistory(config([false, true, false], 2));
    expect(steps.map(({ layer }) => layer)).toEqual([0, undefined, 1]);
    expect(isJoined).toBe(true);
  });

  it('is not joined where steps are missing', () => {
    expect(joinHistory(config([false], 2)).isJoined).toBe(false);
    expect(joinHistory(configOf({ rootfs: { diff_ids: [digest('a')] } })).isJoined).toBe(false);
  });

  it('is not joined where there are more steps than layers, and the last have none', () => {
    const { steps, isJoined } = joinHistory(config([false, false], 1));
    expect(steps.map(({ layer }) => layer)).toEqual([0, undefined]);
    expect(isJoined).toBe(false);
  });
});

describe('what inspect says', () => {
  const inspected = (config: unknown) =>
    JSON.parse(
      goJson(
        inspectImage({
          imageId: digest('b'),
          config: configOf(config),
          repoTags: [],
          repoDigests: [],
          size: 0,
          storedAt: 0,
        }),
      ),
    ) as Record<string, unknown>;

  it('finds the members of a configuration as Go does, whatever their case', () => {
    expect(inspected({ config: { ENV: ['a=b'], labels: { b: '1', a: '2' } } })).toMatchObject({
      Config: { Env: ['a=b'], Labels: { a: '2', b: '1' } },
    });
  });

  it('takes a command that is one text for a list of one', () => {
    expect(inspected({ config: { Cmd: 'sh' } })).toMatchObject({ Config: { Cmd: ['sh'] } });
  });

  it('keeps the keys of maps in the order of their bytes, even those that look like numbers', () => {
    const text = goJson(
      inspectImage({
        imageId: digest('b'),
        config: configOf({ config: { Labels: { '9': 'x', '10': 'y', a: 'z' } } }),
        repoTags: [],
        repoDigests: [],
        size: 0,
        storedAt: 0,
      }),
    );
    expect(text).toContain('"Labels":{"10":"y","9":"x","a":"z"}');
  });

  it('takes what is of the wrong type for absent', () => {
    expect(
      inspected({ config: { Env: 5, User: {}, Volumes: 'x', StopTimeout: 'y' } }),
    ).toMatchObject({ Config: { Env: null, User: '', Volumes: null } });
  });
});

describe('JSON as Go writes it', () => {
  it.each([
    ['a<b>&', {}, '"a<b>&"'],
    ['a<b>&', { escapeHtml: true }, String.raw`"a\u003cb\u003e\u0026"`],
    ['\b\f\n\u0001"\\', {}, String.raw`"\b\f\n\u0001\"\\"`],
    ['\b\f', { oldEscapes: true }, String.raw`"\u0008\u000c"`],
    ['\u2028\u007F\ud800x', {}, '"\\u2028\u007F\ufffdx"'],
  ])('%j with %j is %s', (text, options, expected) => {
    expect(goJson(text, options)).toBe(expected);
  });

  it('leaves empty lists and objects on one line', () => {
    expect(goJson([[], new Map(), new Map([['a', 1]])], { indent: 2 })).toBe(
      '[\n  [],\n  {},\n  {\n    "a": 1\n  }\n]',
    );
  });
});
