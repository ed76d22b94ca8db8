import { lineWords, type LineWord } from './line-words';

/** What may be a password in a line. */
export interface PasswordRange {
  /** Where its flag begins; `start` where it has none. */
  readonly flagStart: number;
  /** Half-open range of the line. */
  readonly start: number;
  readonly end: number;
  /** What the shell hands on. */
  readonly password: string;
}

/** What a word is to the word behind it. */
interface Flag {
  /** Characters of the flag itself, where something secret is glued to it; undefined where nothing is. */
  readonly glued?: number;
  /** What the next word is: its value, secret or not, or a word of its own. */
  readonly next: 'secret' | 'secret unless a host' | 'secret unless a flag' | 'public' | 'own';
}

/**
 * The words, or parts of words, that may be passwords. Whoever mistypes a flag does not see that the shell takes his password for something
 * else: in doubt it is one. Dashes are as telephones write them, too.
 */
export function passwordRanges(line: string): readonly PasswordRange[] {
  const all = lineWords(line);
  const words = all.filter(({ kind }) => kind === 'word');
  const files = new Set(all.filter((_, i) => all[i - 1]?.kind === 'operator'));
  const login = words.slice(0, 5).findIndex(({ text }) => LOGIN.test(text));
  const found: PasswordRange[] = [];
  for (let i = 0; i < words.length; i++) {
    const [word, next] = [words[i], words[i + 1]];
    if (!word) break;
    const isLogin = login >= 0 && i > login;
    if (!isFlag(word)) {
      const isStray = isLogin && !isHost(word) && !files.has(word);
      found.push(...(isStray ? [wholeOf(word)] : inUrl(line, word)));
      continue;
    }
    const flag = flagOf(word.text, isLogin);
    if (flag.glued !== undefined) found.push(restOf(word, flag.glued));
    const isValue = next !== undefined && isValueOf(flag, next);
    if (isValue && flag.next !== 'public') found.push({ ...wholeOf(next), flagStart: word.start });
    if (isValue) i++;
  }
  return found.filter(({ password }) => password !== '');
}

/** `login`, and what it becomes in a hurry. */
const LOGIN = /^(?:login|logni|lgoin|loign|logn|logi|lgin|signin)$/i;
/** `--passwrd`, `-pasword`, `—pwd`, `--token`. */
const SECRET_NAME = /^[-–—]{1,2}(?:pas|psw|psd|pwd|pw|sec|tok|cred)/i;
const HOST =
  /^(?:https?:\/\/)?(?:localhost|[a-z\d-]+(?:\.[a-z\d-]+)+|[a-z\d.-]+(?=:\d))(?::\d+)?(?:\/[^@]*)?$/i;

function isFlag({ text }: LineWord): boolean {
  return /^[-–—]+[^-–—]/.test(text);
}

function isHost({ text }: LineWord): boolean {
  return HOST.test(text);
}

function isValueOf({ next: kind }: Flag, next: LineWord): boolean {
  switch (kind) {
    case 'secret':
      return true;
    case 'secret unless a host':
      return !isFlag(next) && !isHost(next);
    case 'secret unless a flag':
    case 'public':
      return !isFlag(next);
    case 'own':
      return false;
  }
}

function flagOf(text: string, isLogin: boolean): Flag {
  if (/^--(?:password-stdin|help)$/.test(text)) return { next: 'own' };
  const equals = text.indexOf('=') + 1;
  if (/^(?:-p|--password)$/.test(text)) return { next: 'secret' };
  if (SECRET_NAME.test(text)) return equals > 0 ? { glued: equals, next: 'own' } : secretName(text);
  if (/^[-–—]p/.test(text)) return gluedTo(text, 2);
  if (!isLogin || /^--username=/.test(text)) return { next: 'own' };
  if (/^(?:-u|--user(?:name)?)$/.test(text)) return { next: 'public' };
  // `-up s3cret`, which pflag takes for the user "p".
  if (/^-u=?p/.test(text)) return gluedTo(text, 3);
  if (text.startsWith('-u')) return { next: 'own' };
  return equals > 0 ? { glued: equals, next: 'own' } : { next: 'secret unless a flag' };
}

/** `--passw s3cret`; of `-passw` pflag takes `assw` for the password, which it may be. */
function secretName(text: string): Flag {
  return /^-p/.test(text) ? { glued: 2, next: 'secret unless a host' } : { next: 'secret' };
}

/** `-ps3cret`, `-p=s3cret`, `-pu s3cret`. */
function gluedTo(text: string, length: number): Flag {
  const isCluster = /^[-–—][up]+$/.test(text);
  const glued = text.charAt(length) === '=' ? length + 1 : length;
  return { glued, next: isCluster ? 'secret' : 'own' };
}

function wholeOf({ text, start, end }: LineWord): PasswordRange {
  return { flagStart: start, start, end, password: text };
}

/** With quotes within the flag itself its end is further on than it looks: then more is masked, never less. */
function restOf({ text, start, end }: LineWord, length: number): PasswordRange {
  return {
    flagStart: start,
    start: Math.min(start + length, end),
    end,
    password: text.slice(length),
  };
}

/** `https://ada:s3cret@registry.example` */
function inUrl(line: string, { start, end }: LineWord): readonly PasswordRange[] {
  const match = /:\/\/[^/@:\s]*:([^/@\s]+)@/.exec(line.slice(start, end));
  const password = match?.[1];
  if (!match || password === undefined) return [];
  const at = start + match.index + match[0].length - 1 - password.length;
  return [{ flagStart: at, start: at, end: at + password.length, password }];
}
