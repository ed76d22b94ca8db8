import { describe, expect, it } from 'vitest';
import { readCreatedBy } from '../../../src/analysis/created-by';
import { instructionLines, renderDockerfile } from '../../../src/analysis/dockerfile';
import { tokenizeLine } from '../../../src/analysis/dockerfile-tokens';

const lines = (createdBy: string) => instructionLines(readCreatedBy(createdBy));

describe('instructionLines', () => {
  it('breaks a command where its author had broken it', () => {
    expect(lines('/bin/sh -c set -eux; \tapt-get update; \trm -rf /x')).toEqual([
      'RUN set -eux; \\',
      '    apt-get update; \\',
      '    rm -rf /x',
    ]);
    expect(lines('/bin/sh -c apk add git     && make')).toEqual([
      'RUN apk add git \\',
      '    && make',
    ]);
  });

  it('breaks a long command before an operator', () => {
    const command =
      'rm .npmrc && apt-get purge -y build-essential python3 && apt-get autoremove -y && rm -rf /var/lib/apt/lists/*';
    expect(lines(`RUN /bin/sh -c ${command} # buildkit`)).toEqual([
      'RUN rm .npmrc && apt-get purge -y build-essential python3 \\',
      '    && apt-get autoremove -y && rm -rf /var/lib/apt/lists/*',
    ]);
  });

  it('never breaks inside quotes or substitutions', () => {
    expect(lines(`/bin/sh -c echo "a     && b" '  c  ' $(date     +%s)`)).toEqual([
      `RUN echo "a     && b" '  c  ' $(date     +%s)`,
    ]);
  });

  it('keeps a here-document as it is', () => {
    expect(lines('RUN /bin/sh -c cat <<EOF\n  hello\nEOF # buildkit')).toEqual([
      'RUN cat <<EOF',
      '  hello',
      'EOF',
    ]);
  });

  it('writes as a comment what no instruction made', () => {
    expect(lines('bazel build ...\nsecond line')).toEqual(['# bazel build ...', '# second line']);
    expect(lines('')).toEqual(['#']);
  });
});

describe('renderDockerfile', () => {
  it('is a Dockerfile that says where it comes from', () => {
    const step = { author: '', comment: '', emptyLayer: false };
    expect(
      renderDockerfile([
        { ...step, createdBy: '/bin/sh -c #(nop) ADD file:0a in / ' },
        { ...step, createdBy: 'CMD ["sh"]', emptyLayer: true },
      ]),
    ).toBe('# Reconstructed from 2 history entries\nFROM scratch\nADD file:0a /\nCMD ["sh"]\n');
  });
});

describe('tokenizeLine', () => {
  const kinds = (line: string, keyword: string) =>
    tokenizeLine(line, keyword)
      .filter(({ text }) => text.trim() !== '')
      .map(({ kind, text }) => `${kind}:${text}`);

  it('colours instructions, operators, flags, strings, names and ports', () => {
    expect(kinds('RUN echo "a b" && npm prune --omit=dev', 'RUN')).toEqual([
      'keyword:RUN',
      'plain:echo',
      'string:"a b"',
      'keyword:&&',
      'plain:npm',
      'plain:prune',
      'name:--omit=dev',
    ]);
    expect(kinds('ENV NODE_ENV=production', 'ENV')).toEqual([
      'keyword:ENV',
      'name:NODE_ENV',
      'plain:=',
      'string:production',
    ]);
    expect(kinds('EXPOSE 8080/tcp', 'EXPOSE')).toEqual(['keyword:EXPOSE', 'number:8080/tcp']);
    expect(kinds('ENTRYPOINT ["/a", "b"]', 'ENTRYPOINT')).toEqual([
      'keyword:ENTRYPOINT',
      'plain:[',
      'string:"/a"',
      'plain:,',
      'string:"b"',
      'plain:]',
    ]);
  });

  it('loses nothing of a line', () => {
    for (const line of [
      `RUN a  "b ' c`,
      'LABEL a="b c" d',
      '    && x;',
      'RUN \\',
      `COPY ${'x'.repeat(5000)}`,
    ]) {
      const joined = tokenizeLine(line, 'RUN')
        .map(({ text }) => text)
        .join('');
      expect(joined).toBe(line);
    }
  });
});
