import { describe, expect, it } from 'vitest';
import { CodedError, fromErrorRecord, isAbort, toErrorRecord } from '../../../src/base/errors';
import { ProgressMeter } from '../../../src/base/progress-meter';

describe('an error record', () => {
  it('carries code, sentence, detail and causes to the other side', () => {
    const cause = new CodedError('inner', 'The disk is full.', { detail: { free: 0 } });
    const error = new CodedError('outer', 'Nothing was stored.', { detail: { file: 'a' }, cause });
    const copy = fromErrorRecord(structuredClone(toErrorRecord(error)));
    expect(toErrorRecord(copy)).toEqual(toErrorRecord(error));
    expect(copy).toMatchObject({ code: 'outer', detail: { file: 'a' }, cause: { code: 'inner' } });
  });

  it('keeps an abort an abort', () => {
    const reason = new DOMException('stop', 'AbortError');
    expect(isAbort(fromErrorRecord(toErrorRecord(reason)))).toBe(true);
  });

  it('calls what is not ours unexpected', () => {
    expect(toErrorRecord(new RangeError('odd')).code).toBe('unexpected');
    expect(toErrorRecord('odd')).toEqual({ code: 'unexpected', message: 'odd', detail: {} });
  });
});

describe('a progress meter', () => {
  it('reports at most ten times a second, and the last figure', () => {
    let now = 0;
    const reports: number[] = [];
    const meter = new ProgressMeter(
      { phase: 'verifying', total: 1000, unit: 'bytes' },
      ({ done }) => void reports.push(done),
      () => now,
    );
    for (let i = 0; i < 100; i++) {
      meter.add(10);
      now += 10;
    }
    meter.finish();
    expect(reports).toEqual([10, 110, 210, 310, 410, 510, 610, 710, 810, 910, 1000]);
  });
});
