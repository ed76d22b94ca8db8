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

  // What docker's client 28.2.2 prints of the same.
  it.each([
    ['{{9007199254740993}} {{json 9223372036854775807}}', '9007199254740993 9223372036854775807'],
    [
      '{{printf "%x" 9223372036854775807}} {{-9223372036854775808}}',
      '7fffffffffffffff -9223372036854775808',
    ],
    [
      '{{lt 9007199254740992 9007199254740993}} {{eq 9007199254740992 9007199254740993}}',
      'true false',
    ],
    ['{{range 9223372036854775807}}x{{break}}{{end}}', 'x'],
    [
      '{{1_0}} {{0x_ff}} {{0_7}} {{0b11}} {{0o17}} {{1_000e3}} {{0x1_0p4}} {{-0}} {{-0.0}}',
      '10 255 7 3 15 1e+06 256 0 -0',
    ],
    [
      '{{1i}} {{-1.5i}} {{0i}} {{1+2i}} {{-1-0i}} {{1e5+2i}}',
      '(0+1i) (0-1.5i) (0+0i) (1+2i) (-1-0i) (100000+2i)',
    ],
    [
      '{{eq 1i 1i}} {{not 0i}} {{truncate "abc" 2+0i}} {{printf "%T %.1f" 1i 1+2i}}',
      'true true ab complex128 (1.0+2.0i)',
    ],
    ['{{printf "%06s|%06t|%06q|%-06d" "a" true "a" 5}}', '00000a|00true|000"a"|5     '],
    [
      '{{printf "%#g %#.3g %#v %#x %#X %#.0f %#.0e" 1.0 2.0 1.0 1.5 1.0 1.0 1.0}}',
      '1.00000 2.00 1 0x1.8000p+00 0X1.P+00 1. 1.e+00',
    ],
    [
      '{{printf "%+d|%+v|%+d|% d|%#08x|%#o|%#O|%.0d|%8.3d" 5 5 1.5 5 255 8 8 0 7}}',
      '+5|5|%!d(float64=+1.5)| 5|0x000000ff|010|0o010||     007',
    ],
    [
      '{{printf "%c|%U|%#U|%q" 55296 -1 128512 9223372036854775807}}',
      "\ufffd|U+FFFFFFFFFFFFFFFF|U+1F600 '😀'|'\ufffd'",
    ],
    ['{{printf "%*d|%-*d|%.*f|%.*d" -4 1 4 1 1 2.5 -1 3}}', '1   |1   |2.5|%!(BADPREC)3'],
    [
      '{{printf "%.0e %.2g %.30f %g" 2.5 2.5 0.1 1e-7}}',
      '2e+00 2.5 0.100000000000000005551115123126 1e-07',
    ],
    ['{{title "é😀ǆ ǆ ⅰ ᾳ"}} {{lower "İ"}} {{upper "ßᾳ"}}', 'É😀ǆ ǅ Ⅰ ᾼ i ßᾼ'],
    ['{{define ""}}x{{end}} ', 'x'],
    ['{{$k := 0}}{{$x := 0}}{{range $k, $x = .a.b}}{{end}}{{$k}} {{$x}}', '2 1'],
  ])('%s is %s', (text, expected) => {
    expect(new Template(text).execute(value)).toBe(expected);
  });

  it.each([
    [
      '{{18446744073709551615}}',
      '1:2: executing "" at <18446744073709551615>: 18446744073709551615 overflows int',
    ],
    ['{{18446744073709551616}}', '1: integer overflow: "18446744073709551616"'],
    ['{{-9223372036854775809}}', '1: integer overflow: "-9223372036854775809"'],
    ['{{1e309}}', '1: illegal number syntax: "1e309"'],
    ['{{1__0}}', '1: illegal number syntax: "1__0"'],
    ['{{1+2}}', '1: bad number syntax: "1+2"'],
    ['{{1+i}}', '1: syntax error scanning complex number'],
    ['{{1e309+1i}}', '1: strconv.ParseFloat: parsing "1e309": value out of range'],
    ['{{.', '1: illegal number syntax: "."'],
    [
      '{{json 1i}}',
      '1:2: executing "" at <json 1i>: error calling json: json: unsupported type: complex128',
    ],
    [
      '{{lt 1i 2i}}',
      '1:2: executing "" at <lt 1i 2i>: error calling lt: invalid type for comparison',
    ],
    [
      '{{index "a" 9223372036854775807}}',
      '1:2: executing "" at <index "a" 9223372036854775807>: error calling index: index out of range: 9223372036854775807',
    ],
    [
      '{{index .a.b 1 1}}',
      '1:2: executing "" at <index .a.b 1 1>: error calling index: index of nil pointer',
    ],
    ['{{block "" .}}x{{end}}', '1: template: multiple definition of template ""'],
    ['{{(=1)}}', '1: unexpected "=" in parenthesized pipeline'],
  ])('%s is refused: %s', (text, complaint) => {
    expect(() => new Template(text).execute(value)).toThrow(`template: :${complaint}`);
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
