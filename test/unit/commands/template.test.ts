import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TemplateError } from '../../../src/commands/template/errors';
import { goAny, goStringMap } from '../../../src/commands/template/go-value';
import { goDuration } from '../../../src/commands/template/go-duration';
import { formatValue } from '../../../src/commands/template/go-format';
import { Template } from '../../../src/commands/template/template';

/** Templates are held against docker's own client in the goldens; here is what those cannot show. */
describe('a template', () => {
  const value = goAny(new Map([['a', new Map([['b', ['x', null, 1]]])]]));

  it('prints values as Go does', () => {
    expect(new Template('{{.}} {{.a.b}} {{.nope}}').execute(value)).toBe(
      'map[a:map[b:[x <nil> 1]]] [x <nil> 1] <no value>',
    );
  });

  it.each([
    '{{range 1000000000}}{{end}}',
    '{{range 3000}}{{range 3000}}{{end}}{{end}}',
    '{{define "x"}}{{template "x"}}{{end}}{{template "x"}}',
    '{{range 1000}}{{printf "%100000s" "x"}}{{end}}',
  ])('%s is stopped', (text) => {
    expect(() => new Template(text).execute(value)).toThrow(TemplateError);
  });

  // What docker's client 28.2.2 prints: `docker context inspect default --format …`.
  it.each([
    ['%+q', '"hé😀"', String.raw`"h\u00e9\U0001f600"`],
    ['%q %+q', '233 233', String.raw`'é' '\u00e9'`],
    ['%q %q', '10 39', String.raw`'\n' '\''`],
    ['%#q', '"a\\nb"', String.raw`"a\nb"`],
    [
      '%.0x|%.1x|%.3X|%x|%b',
      '1.5 1.97 1.1 0.0 0.0',
      '0x1p+01|0x1.0p+01|0X1.19AP+00|0x0p+00|0p-1074',
    ],
    ['%b|%x|%.20x', '5e-324 5e-324 1.1', '1p-1074|0x1p-1074|0x1.199999999999a0000000p+00'],
    [
      '%.0x|%+x|% b|%x|%b',
      '2.5 1.0 3.0 -0.1 1e300',
      '0x1p+01|+0x1p+00| 6755399441055744p-51|-0x1.999999999999ap-04|6724873095247260p+944',
    ],
    ['%.0f|%.0f|%.1f|%.2f|%.3f', '2.5 3.5 0.25 2.345 1.0005', '2|4|0.2|2.35|1.000'],
    [
      '%.1f|%+08.2f|%.0f|%f',
      '1e22 -1.005 0.5 5e-324',
      '10000000000000000000000.0|-0001.00|0|0.000000',
    ],
  ])('writes %s of %s as docker does', (format, operands, expected) => {
    expect(new Template(`{{printf "${format}" ${operands}}}`).execute(value)).toBe(expected);
  });

  it('has headings that functions leave alone', () => {
    const headings = goStringMap(new Map([['ID', 'IMAGE ID']]));
    expect(new Template('{{lower .ID}}|{{truncate .ID 2}}|{{pad .ID 1 1}}').heading(headings)).toBe(
      'IMAGE ID|IMAGE ID| IMAGE ID ',
    );
  });

  it('never fails but with an error of its own', () => {
    const part = fc.constantFrom(
      ...['{{', '}}', '{{-', '-}}', '.a', '.a.b', '$', '$x', ':=', '=', '|', '(', ')', ' ', ','],
      ...['if ', 'range ', 'with ', 'else', 'end', 'define ', 'template ', 'block ', 'break'],
      ...[
        '"x"',
        '`r`',
        "'c'",
        '1',
        '1.5',
        '-',
        '/*',
        '*/',
        'len ',
        'index ',
        'printf ',
        'json ',
        '\n',
      ],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        try {
          new Template(parts.join('')).execute(value);
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('of text alone is that text', () => {
    const text = fc.string().filter((each) => !each.includes('{{'));
    fc.assert(
      fc.property(text, (each) => {
        expect(new Template(each).execute(value)).toBe(each);
      }),
    );
  });
});

it.each([
  [0, '0s'],
  [30_000_000_000, '30s'],
  [90_000_000_000, '1m30s'],
  [3_600_000_000_000, '1h0m0s'],
  [1_500_000, '1.5ms'],
  [250, '250ns'],
])('a duration of %i nanoseconds prints as %s', (nanoseconds, text) => {
  expect(formatValue(goDuration(nanoseconds))).toBe(text);
});
