import { describe, expect, it } from 'vitest';
import { SpeedMeter } from '../../../src/app/speed-meter';

function meter() {
  let time = 0;
  const speed = new SpeedMeter(() => time);
  return (at: number, done: number, phase = 'verifying'): number | undefined => {
    time = at;
    return speed.add({ phase, done, total: null, unit: 'bytes' });
  };
}

describe('the speed of a task', () => {
  it('is not told before it can be known', () => {
    const add = meter();
    expect(add(0, 0)).toBeUndefined();
    expect(add(100, 5_000_000)).toBeUndefined();
  });

  it('is bytes a second', () => {
    const add = meter();
    add(0, 0);
    expect(add(500, 50_000_000)).toBe(100_000_000);
  });

  it('is that of the last three seconds', () => {
    const add = meter();
    for (let second = 0; second <= 10; second++) add(second * 1000, second * 1_000_000);
    for (let second = 11; second <= 16; second++) {
      add(second * 1000, 10_000_000 + (second - 10) * 9_000_000);
    }
    expect(add(17_000, 73_000_000)).toBeCloseTo(9_000_000);
  });

  it('starts anew with a phase, whose bytes are others', () => {
    const add = meter();
    add(0, 0, 'unpacking');
    add(1000, 900_000_000, 'unpacking');
    expect(add(1100, 0, 'verifying')).toBeUndefined();
    expect(add(2100, 10_000_000, 'verifying')).toBe(10_000_000);
  });

  it('is not told of what is not counted in bytes', () => {
    const speed = new SpeedMeter(() => 0);
    expect(speed.add({ phase: 'reading', done: 4, total: 9, unit: 'items' })).toBeUndefined();
  });
});
