import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/commands/all-commands';
import { pastedCommands } from '../../../src/commands/completion/pasted-commands';

describe('what is pasted', () => {
  it.each<[string, readonly string[]]>([
    ['docker images', ['docker images']],
    ['$ docker images', ['docker images']],
    ['# docker images', ['docker images']],
    ['[root@host ~]# docker images\n', ['docker images']],
    ['docker pull a\r\n\r\n  docker pull b\r\n', ['docker pull a', 'docker pull b']],
    ['## both\ndocker pull a\n# docker pull b', ['docker pull a']],
    ['# docker pull a\n# docker pull b', ['docker pull a', 'docker pull b']],
    ['docker pull \\\n  --quiet a', ['docker pull   --quiet a']],
    [
      '## load it\n[root@host ~]# docker load -i /opt/a.tar\nLoaded image: a:1\n[root@host ~]# docker images\nREPOSITORY   TAG',
      ['docker load -i /opt/a.tar', 'docker images'],
    ],
    ['$ docker pull a\n# docker pull b\n## docker pull c', ['docker pull a']],
    ['## a comment', []],
    ['a text\nof two lines', ['a text', 'of two lines']],
    ['', []],
  ])('of %j is run %j', (text, commands) => {
    expect(pastedCommands(COMMANDS, text)).toEqual(commands);
  });
});
