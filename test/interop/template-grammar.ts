import fc from 'fast-check';

/** One of these; now and then, one that is wrong by itself. */
function rarely(wrong: fc.Arbitrary<string>, right: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 40, arbitrary: fc.oneof(...right) }, wrong);
}

/** Where the value that templates are run on has something, or nothing: see `context-value.ts`. */
const FIELDS = '.Metadata.Metadata.AdditionalFields';
const field = rarely(fc.constantFrom('.Nope', '.lower', '$.Name.x', '$z', `$${FIELDS}.none.x`), [
  fc.constantFrom('.', '$', '$.Name', '$.Metadata.Name', '$.Metadata.Metadata.Description'),
  fc
    .constantFrom('number', 'big', 'list', 'map', 'none', 'yes', 'empty', 'no', 'nope', 'text')
    .map((name) => `$${FIELDS}.${name}`),
  fc.constantFrom(`$${FIELDS}.map.a`, `$${FIELDS}.map.nope`, `$${FIELDS}`),
  fc.constantFrom('$.TLSMaterial', '$.TLSMaterial.docker', '$.Endpoints.docker', '$.Endpoints'),
  fc.constantFrom('$.Endpoints.docker.Host', '$.Endpoints.docker.SkipTLSVerify', '($.Name)'),
  fc.constantFrom('($).Name', '($.Endpoints).docker.Host', '$x', '$y', '$k', '$x', '$y', '$k', '.'),
]);

const integer = rarely(
  fc.constantFrom('18446744073709551615', '18446744073709551616', '1__0', '0x_f', '08', '1_'),
  [
    fc.integer({ min: -3, max: 12 }).map(String),
    fc.constantFrom('9007199254740993', '-9223372036854775808', '9223372036854775807', '0x7fff'),
    fc.constantFrom(
      '0b101',
      '0o17',
      '017',
      '1_000',
      '+5',
      '0x7FFF_FFFF',
      '-0',
      '4294967296',
      '1114112',
    ),
  ],
);
const real = rarely(fc.constantFrom('1e309', '1e', '0x1.8'), [
  fc.constantFrom('1.5', '-0.0', '1e3', '1e6', '123456789.0', '1e21', '1e-5', '.5', '2.'),
  fc.constantFrom('0x1p4', '0x1.8p1', '5e-324', '1_0.5', '2.5', '-1e100', '0.1'),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => {
    const text = String(each);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }),
]);
const complex = rarely(fc.constantFrom('1+i', '1+2', '1i+2i', '0x10i', '1e309+1i'), [
  fc.constantFrom('1i', '-1.5i', '1+2i', '0i', '3-0i', '1e3+1e-7i', '0x1p4i'),
]);
const character = rarely(fc.constantFrom("'ab'", "''", "'", String.raw`'\"'`), [
  fc.constantFrom("'a'", String.raw`'\n'`, String.raw`'\''`, "'é'", "'😀'", String.raw`'\u00e9'`),
]);
const text = rarely(fc.constantFrom(String.raw`"\q"`, '"open', String.raw`"\'"`, '`'), [
  fc.constantFrom('""', '"a"', '"a b,c"', '"<b>&\'"', '`raw "x"`', '"é😀ǆ"', String.raw`"a\tb\n"`),
  fc.constantFrom(
    '"docker"',
    '"a"',
    '"Name"',
    '"b"',
    String.raw`"\x41\101\u00e9\""`,
    '"A.b-c d_e"',
  ),
  fc.constantFrom('"%d"', '"a/b?c=d&e+f g~*!\'()"', '"\u00ad\u200b\u2028"'),
  fc.string({ maxLength: 6, unit: 'grapheme' }).map((each) => JSON.stringify(each)),
]);

/** Go cuts bytes, and half a character is none in JavaScript. */
const ascii = fc.constantFrom('"docker"', '"A.b-c d_e"', '""', '"Name"', '$.Name', '$y', '5');

const directive = fc
  .tuple(
    fc.string({ maxLength: 3, unit: fc.constantFrom('-', '+', '#', ' ', '0') }),
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('', '', '', '5', '12', '*', '2') },
      fc.constantFrom('[1]', '[2]', '[2]*', '[9]', '[x]', '[', '[1]3'),
    ),
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('', '', '', '.0', '.2', '.', '.*', '.25') },
      fc.constantFrom('.[1]*', '.[1]', '.-1', '.[2]'),
    ),
    fc.constantFrom(...Array.from('vvvdddsssqqxXobOcUeEfFgGtTbw%yé')),
  )
  .map((parts) => `%${parts.join('')}`);
const format = fc
  .array(fc.oneof({ weight: 3, arbitrary: directive }, fc.constantFrom('|', ' ', 'a', '%', '%!')), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => `"${parts.join('')}"`);

const ANY = ['html', 'js', 'urlquery', 'print', 'println', 'and', 'or', 'json'];
const ONE = ['len', 'not', 'not', 'title', 'lower', 'upper', 'json', 'json'];
const COMPARISONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];

const { operand, pipeline } = fc.letrec<{ operand: string; command: string; pipeline: string }>(
  (tie) => {
    const literal = fc.oneof(
      { weight: 3, arbitrary: text },
      { weight: 3, arbitrary: integer },
      { weight: 2, arbitrary: real },
      complex,
      character,
      fc.constantFrom('true', 'false', 'nil'),
    );
    const call = (names: readonly string[], minLength: number, maxLength: number) =>
      fc
        .tuple(fc.constantFrom(...names), fc.array(tie('operand'), { minLength, maxLength }))
        .map(([name, operands]) => [name, ...operands].join(' '));
    const fitting = (...words: fc.Arbitrary<string>[]) =>
      fc.tuple(...words).map((each) => each.join(' '));
    return {
      operand: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        { weight: 4, arbitrary: field },
        { weight: 5, arbitrary: literal },
        { weight: 3, arbitrary: tie('pipeline').map((inner) => `(${inner})`) },
      ),
      command: fc.oneof(
        { weight: 3, arbitrary: field },
        { weight: 4, arbitrary: literal },
        { weight: 6, arbitrary: call(ANY, 1, 3) },
        { weight: 3, arbitrary: call(ONE, 1, 1) },
        call(COMPARISONS, 1, 3),
        { weight: 2, arbitrary: fitting(fc.constantFrom(...COMPARISONS), integer, integer) },
        fitting(fc.constantFrom(...COMPARISONS), real, real),
        fitting(fc.constantFrom(...COMPARISONS), text, text),
        fitting(fc.constantFrom('title', 'lower', 'upper', 'len'), text),
        call(['index', 'printf', 'split', 'join', 'pad', 'nope', 'call'], 0, 4),
        {
          weight: 6,
          arbitrary: fc
            .tuple(format, fc.array(tie('operand'), { maxLength: 4 }))
            .map(([first, rest]) => ['printf', first, ...rest].join(' ')),
        },
        fitting(
          fc.constant('index'),
          fc.constantFrom(
            `$${FIELDS}.list`,
            `$${FIELDS}.map`,
            '$.TLSMaterial.docker',
            '"abc"',
            '.',
          ),
          fc.constantFrom('0', '1', '2', '"a"', '"nope"', '5'),
        ),
        fitting(
          fc.constant('slice'),
          ascii,
          fc.constantFrom('0', '1', '-1'),
          fc.constantFrom('2', '1', '3'),
        ),
        fitting(fc.constant('split'), fc.oneof(field, text), text),
        fitting(
          fc.constant('join'),
          fc.constantFrom('(split "a,b,c" ",")', '$.TLSMaterial.docker'),
          text,
        ),
        fitting(fc.constant('truncate'), ascii, integer),
        fitting(
          fc.constant('pad'),
          text,
          fc.constantFrom('0', '1', '3', '-1'),
          fc.constantFrom('2', '"a"'),
        ),
      ),
      pipeline: fc.oneof(
        { weight: 4, arbitrary: tie('command') },
        fc
          .array(tie('command'), { minLength: 2, maxLength: 3 })
          .map((commands) => commands.join(' | ')),
        fc
          .tuple(tie('command'), fc.constantFrom('len', 'json', 'printf "%v|%q"', 'print', 'html'))
          .map((commands) => commands.join(' | ')),
      ),
    };
  },
);

const plain = fc.oneof(
  fc.constantFrom(' ', '\n', 'x', ' y \n', '}}', '{', '-', '\t z', 'é'),
  fc.string({ maxLength: 4 }),
);
const open = fc.constantFrom('{{', '{{', '{{', '{{- ', '{{ ', '{{-', '{{\n');
const close = fc.constantFrom('}}', '}}', '}}', ' -}}', ' }}', '-}}', '\n}}');

/** An action with its delimiters. */
function action(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(open, inner, close).map((parts) => parts.join(''));
}

const variable = fc.constantFrom('$x', '$y', '$k');
const declaration = fc
  .tuple(variable, fc.constantFrom(' := ', ' := ', ' = ', ':='), pipeline)
  .map((parts) => parts.join(''));
const header = fc.oneof(
  { weight: 3, arbitrary: pipeline },
  declaration,
  fc.tuple(fc.constantFrom('$v := ', '$k := ', '$x, $y = '), pipeline).map((each) => each.join('')),
);
const ranged = fc.oneof(
  fc.constantFrom('3', '$.TLSMaterial', '$.TLSMaterial.docker', '$.Endpoints', '(split "a b" " ")'),
  fc.constantFrom(
    `$${FIELDS}.list`,
    `$${FIELDS}.map`,
    `$${FIELDS}.no`,
    `$${FIELDS}`,
    '0',
    '$.TLSMaterial.docker',
  ),
);
const rangeHeader = fc
  .tuple(fc.constantFrom('', '$x := ', '$k, $x := ', '$k,$y = ', '$x = '), ranged)
  .map((parts) => parts.join(''));

/** What is out of place nearly everywhere. */
const wrong = fc.oneof(
  action(fc.constantFrom('end', 'else', '', 'if', 'else x', 'break x', 'template "é" 1')),
  fc.constantFrom('{{', '{{.', '{{"', '{{(', '{{)}}', '{{.a..b}}', '{{1 | 2}}', '{{é}}', '{{$}}'),
  fc.constantFrom('{{/* c }}', '{{/* d */ }}', '{{ /* e */}}', '{{- /* f */}}', '{{break}}'),
);
const jump = fc
  .tuple(fc.constantFrom('', '{{if eq $x 1}}'), fc.constantFrom('break', 'continue'))
  .map(([before, word]) => `{{range 4}}${before}{{${word}}}${before && '{{end}}'}x{{end}}`);

const { template } = fc.letrec<{ node: string; template: string }>((tie) => {
  const block = (words: string, head: fc.Arbitrary<string>) =>
    fc
      .tuple(
        action(head.map((each) => `${words} ${each}`)),
        tie('template'),
        action(fc.constant('end')),
      )
      .map((parts) => parts.join(''));
  const branched = (words: string, head: fc.Arbitrary<string>) =>
    fc
      .tuple(
        action(head.map((each) => `${words} ${each}`)),
        tie('template'),
        action(
          fc.oneof(
            fc.constant('else'),
            pipeline.map((each) => `else ${words} ${each}`),
          ),
        ),
        tie('template'),
        action(fc.constant('end')),
      )
      .map((parts) => parts.join(''));
  return {
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 4, arbitrary: plain },
      { weight: 12, arbitrary: action(pipeline) },
      { weight: 3, arbitrary: action(declaration) },
      { weight: 2, arbitrary: fc.constantFrom('{{/* a */}}', '{{- /* b */ -}}') },
      wrong,
      action(fc.constantFrom('template "a" .', 'template "b"', 'template "a" $x')),
      block('if', header),
      block('with', header),
      block('range', rangeHeader),
      branched('if', header),
      branched('with', header),
      branched('range', rangeHeader),
      block(
        'block',
        fc.tuple(fc.constantFrom('"a"', '"b"', '`c`'), operand).map((each) => each.join(' ')),
      ),
      block('define', fc.constantFrom('"a"', '"b"', '"é"', '""')),
      { weight: 2, arbitrary: jump },
    ),
    template: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('')),
  };
});

/** Templates of all that Go's text/template and docker's functions have. Most have a value; the others are wrong somewhere. */
export const templates: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(
      '{{$x := 1}}{{$y := "y"}}{{$k := 2.5}}',
      '{{$k := 0}}{{$x := .}}{{$y := $x.Name}}',
    ),
    template,
  )
  .map((parts) => parts.join(''))
  .filter((each) => each !== '' && each !== 'json' && !each.includes('\0') && each.isWellFormed());
