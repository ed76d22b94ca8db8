import { describe, expect, it } from 'vitest';
import { readCreatedBy } from '../../../src/analysis/created-by';

/** What the builder recorded, and the line of a Dockerfile that it stands for. */
const recorded: readonly (readonly [from: string, line: string])[] = [
  // The classic builder.
  ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
  ['/bin/sh -c #(nop)  CMD ["nginx" "-g" "daemon off;"]', 'CMD ["nginx", "-g", "daemon off;"]'],
  [
    '/bin/sh -c #(nop) ADD file:9a4f77dfaba7fd2aa78186e4 in / ',
    'ADD file:9a4f77dfaba7fd2aa78186e4 /',
  ],
  ['/bin/sh -c #(nop) COPY multi:0123abcd in ./ ', 'COPY multi:0123abcd ./'],
  ['/bin/sh -c #(nop)  ENV PATH=/usr/local/bin:/usr/bin', 'ENV PATH=/usr/local/bin:/usr/bin'],
  ['/bin/sh -c #(nop) WORKDIR /app', 'WORKDIR /app'],
  ['/bin/sh -c #(nop)  VOLUME [/data /logs]', 'VOLUME ["/data", "/logs"]'],
  [
    '/bin/sh -c apt-get update && apt-get install -y curl',
    'RUN apt-get update && apt-get install -y curl',
  ],
  ['|2 A=1 B=two words /bin/sh -c make A=$A', 'RUN make A=$A'],
  ['/bin/bash -o pipefail -c curl x | tar x', 'RUN curl x | tar x'],
  ['/bin/bash -eo pipefail -c curl x', 'RUN curl x'],
  // BuildKit.
  ['RUN /bin/sh -c npm ci # buildkit', 'RUN npm ci'],
  ['RUN |1 NPM_REGISTRY=https://r /bin/sh -c npm ci # buildkit', 'RUN npm ci'],
  ['COPY --chown=node:node . . # buildkit', 'COPY --chown=node:node . .'],
  ['EXPOSE map[8080/tcp:{} 53/udp:{}]', 'EXPOSE 8080/tcp 53/udp'],
  ['EXPOSE [8080/tcp]', 'EXPOSE [8080/tcp]'],
  ['SHELL [/bin/bash -o pipefail -c]', 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'],
  ['ENTRYPOINT ["/app/start.sh"]', 'ENTRYPOINT ["/app/start.sh"]'],
  ['ENV NODE_ENV=production', 'ENV NODE_ENV=production'],
  ['ONBUILD CMD ["a" "b"]', 'ONBUILD CMD ["a", "b"]'],
  [
    'HEALTHCHECK &{["CMD-SHELL" "curl -f http://localhost/ || exit 1"] "30s" "3s" "0s" "0s" \'\\x03\'}',
    'HEALTHCHECK --interval=30s --timeout=3s --retries=3 CMD curl -f http://localhost/ || exit 1',
  ],
  [
    'HEALTHCHECK &{["CMD" "/health" "--quick"] "5m0s" "0s" "10s" \'\\x00\'}',
    'HEALTHCHECK --interval=5m0s --start-period=10s CMD ["/health", "--quick"]',
  ],
  ['HEALTHCHECK &{["NONE"] "0s" "0s" "0s" \'\\x00\'}', 'HEALTHCHECK NONE'],
  // Windows.
  ['cmd /S /C dir c:\\', 'RUN dir c:\\'],
  ['cmd /S /C #(nop)  ENV A=b', 'ENV A=b'],
  ['powershell -Command Get-ChildItem', 'RUN Get-ChildItem'],
];

describe('readCreatedBy', () => {
  it.each(recorded)('reads %j as %j', (from, line) => {
    const { keyword, argument } = readCreatedBy(from);
    expect(`${keyword ?? '#'} ${argument}`).toBe(line);
  });

  it.each([
    ["# debian.sh --arch 'amd64' out/ 'trixie'", "debian.sh --arch 'amd64' out/ 'trixie'"],
    ['bazel build ...', 'bazel build ...'],
    ['jib-gradle-plugin:3.1.4', 'jib-gradle-plugin:3.1.4'],
    ['user=root make', 'user=root make'],
    ['', ''],
  ])('does not take %j for an instruction', (from, argument) => {
    expect(readCreatedBy(from)).toEqual({ keyword: undefined, argument });
  });

  it('keeps a value that it cannot read as it was recorded', () => {
    expect(readCreatedBy('CMD ["unclosed')).toEqual({ keyword: 'CMD', argument: '["unclosed' });
    expect(readCreatedBy('HEALTHCHECK &{nonsense}').argument).toBe('&{nonsense}');
  });

  it('answers at once for a long text made to confuse it', () => {
    const started = performance.now();
    readCreatedBy(`|9 ${'sh -x '.repeat(20_000)}`);
    readCreatedBy(`/bin/sh ${'-o a '.repeat(20_000)}`);
    readCreatedBy(`CMD [${'"a" '.repeat(50_000)}`);
    readCreatedBy(`HEALTHCHECK &{[${'"a" '.repeat(50_000)}`);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('values of ENV and LABEL', () => {
  it.each([
    ['ENV A=1 B=two words C=', 'A=1 B="two words" C='],
    ['ENV PATH=/usr/bin:/bin', 'PATH=/usr/bin:/bin'],
    [
      '/bin/sh -c #(nop)  LABEL org.x/y=say "hi" # $HOME',
      String.raw`org.x/y="say \"hi\" # \$HOME"`,
    ],
    [String.raw`ENV P=C:\dir`, String.raw`P="C:\\dir"`],
    ['LABEL uni=中文 😀', 'uni="中文 😀"'],
    ['LABEL a="done before"', 'a="done before"'],
    ['ENV old style', 'old style'],
    ['ENV A=first\nsecond', 'A=first\nsecond'],
  ])('%s', (createdBy, argument) => {
    expect(readCreatedBy(createdBy).argument).toBe(argument);
  });
});
