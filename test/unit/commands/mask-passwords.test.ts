import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  maskIn,
  maskPasswords,
  passwordsIn,
  withoutMasked,
} from '../../../src/commands/shell/mask-passwords';
import { lineWords } from '../../../src/commands/shell/line-words';
import { quoteShellWord } from '../../../src/commands/shell/quote-shell-word';
import { splitShellLine } from '../../../src/commands/shell/shell-words';

describe('a password in a line', () => {
  it.each([
    ['docker login -u ada -p s3cret ghcr.io', 'docker login -u ada -p •••••••• ghcr.io'],
    ['[root@host ~]# docker login -u ada s3cret', '[root@host ~]# docker login -u ada ••••••••'],
    ['docker login --password s3cret', 'docker login --password ••••••••'],
    ['docker login --password=s3cret x.io', 'docker login --password=•••••••• x.io'],
    ['docker login -ps3cret', 'docker login -p••••••••'],
    ['docker login -p=s3cret', 'docker login -p=••••••••'],
    [`docker login -p 's3 cret' x.io`, 'docker login -p •••••••• x.io'],
    [`docker login -p "s3 cret`, 'docker login -p ••••••••'],
    [`docker login -p s3\\ cret x.io`, 'docker login -p •••••••• x.io'],
    ['docker login --password-stdin < token', 'docker login --password-stdin < token'],
    ['docker image prune', 'docker image prune'],
    ['docker login -p', 'docker login -p'],
    ['docker login --passw s3cret ghcr.io', 'docker login --passw •••••••• ghcr.io'],
    [
      'docker login --username a --passwrd x y',
      'docker login --username a --passwrd •••••••• ••••••••',
    ],
    ['docker login -u ada --pwd=s3cret', 'docker login -u ada --pwd=••••••••'],
    ['docker login -u ada -password s3cret', 'docker login -u ada -p•••••••• ••••••••'],
    ['docker login -up s3cret ghcr.io', 'docker login -up •••••••• ghcr.io'],
    ['docker login -pu s3cret ghcr.io', 'docker login -p•••••••• •••••••• ghcr.io'],
    ['docker login -u ada —password s3cret', 'docker login -u ada —password ••••••••'],
    ['docker login -u ada –p s3cret', 'docker login -u ada –p ••••••••'],
    ['docker login -u ada s3cret nas:5000', 'docker login -u ada •••••••• nas:5000'],
    ['docker login -u ada --s3cret x', 'docker login -u ada --s3cret ••••••••'],
    ['docker login -u ada -p s3 cret', 'docker login -u ada -p •••••••• ••••••••'],
    ['docker login -u ada -p <s3cret', 'docker login -u ada -p <••••••••'],
    ['docker login -u ada --pasword', 'docker login -u ada --pasword'],
    ['docker logn -u ada --Pass s3cret', 'docker logn -u ada --Pass ••••••••'],
    ['docker pull https://ada:s3cret@ghcr.io/a', 'docker pull https://ada:••••••••@ghcr.io/a'],
    ['docker push --passwort s3cret app', 'docker push --passwort •••••••• app'],
    ['docker login -uada --password-stdin ghcr.io', 'docker login -uada --password-stdin ghcr.io'],
    [
      'docker login --username=ada registry.example:5000',
      'docker login --username=ada registry.example:5000',
    ],
    ['docker pull --platform linux/amd64 app', 'docker pull --platform linux/amd64 app'],
    ['docker images --filter reference=pass', 'docker images --filter reference=pass'],
  ])('of %s is masked', (line, masked) => {
    expect(maskPasswords(line)).toBe(masked);
    expect(maskPasswords(masked)).toBe(masked);
  });

  it('is in no masked line, however it is quoted', () => {
    const password = fc.string({ minLength: 3, maxLength: 12 }).map((text) => `s3cret${text}`);
    const flag = fc.constantFrom(
      ...['-p ', '--password ', '--password=', '-p', '-p=', '--passw ', '--pw=', '-up ', '-pu '],
      ...['—password ', '–p ', '--user ada --pass '],
    );
    fc.assert(
      fc.property(password, flag, (word, written) => {
        fc.pre(!/[\n\r]/.test(word));
        const line = `docker login ${written}${quoteShellWord(word)} ghcr.io`;
        expect(splitShellLine(line).words.join(' ')).toContain(word);
        expect(maskPasswords(line)).not.toContain('s3cret');
        expect(maskPasswords(line)).toMatch(/ ghcr\.io$/);
      }),
    );
  });

  it('goes with its flag where a line comes from the history', () => {
    const masked = maskPasswords('docker login -u ada -p s3cret ghcr.io');
    expect(withoutMasked(masked)).toBe('docker login -u ada ghcr.io');
    expect(withoutMasked(maskPasswords('docker login --password=x'))).toBe('docker login');
    expect(withoutMasked('docker login -p s3cret')).toBe('docker login -p s3cret');
  });

  it('is masked in an answer that repeats it', () => {
    const passwords = passwordsIn('docker logn -ps3cret -p x');
    expect(passwords).toEqual(['s3cret', 'x']);
    expect(maskIn('bad flag -ps3cret in x', passwords)).toBe('bad flag -p•••••••• in x');
  });
});

describe('the words of an unfinished line', () => {
  it('are those of the shell where it is finished', () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '\\', '-', '=', '€') });
    fc.assert(
      fc.property(fc.array(word), (words) => {
        // As the first word, `a=` would set a variable.
        const line = ['docker', ...words].map((each) => quoteShellWord(each)).join(' ');
        const read = lineWords(line).map(({ text }) => text);
        expect(read).toEqual(splitShellLine(line).words);
      }),
    );
  });

  it('cover the line, but for blanks', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '\\', '<', '>') }),
        (line) => {
          let at = 0;
          for (const { start, end } of lineWords(line)) {
            expect(line.slice(at, start).trim()).toBe('');
            expect(end).toBeGreaterThan(start);
            at = end;
          }
          expect(line.slice(at).trim()).toBe('');
        },
      ),
    );
  });
});
