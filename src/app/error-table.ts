import type { ArchiveErrorCode } from '../archive/errors';
import type { ErrorRecord } from '../base/errors';
import type { CodecErrorCode } from '../codec/errors';
import type { ImageErrorCode } from '../image/errors';
import type { LayerErrorCode } from '../layer/errors';
import type { OciErrorCode } from '../oci/errors';
import type { RegistryErrorCode } from '../registry/errors';
import type { StoreErrorCode } from '../store/errors';
import type { WorkerErrorCode } from '../workers/errors';
import type { Texts } from './i18n.svelte';
import type { SaveFileErrorCode } from './actions/save-file';

/** What a person can do about a failure by pressing a button. */
export type ErrorAction =
  'open-again' | 'look-inside' | 'open-as-layer' | 'settings' | 'reload' | 'log-in';

/** Every code that can reach a person. A folder that gains a code does not compile until it has an entry here. */
type ErrorCode =
  | ArchiveErrorCode
  | CodecErrorCode
  | ImageErrorCode
  | LayerErrorCode
  | OciErrorCode
  | RegistryErrorCode
  | SaveFileErrorCode
  | StoreErrorCode
  | WorkerErrorCode
  | 'unexpected';

type Strings = Texts['errors'];
type Step = keyof Strings & `step${string}`;
type Stem<Key> = Key extends `${infer Name}Title` ? Name : never;
/** `digest` has a `digestTitle` and a `digestText`. */
type Subject = Stem<keyof Strings>;

interface Entry {
  readonly subject: Subject;
  readonly steps: readonly Step[];
  /** The first is the primary one. */
  readonly actions: readonly ErrorAction[];
}

const corrupt = (subject: Subject): Entry => ({
  subject,
  steps: ['stepSaveAgain', 'stepLookInside'],
  actions: ['open-again', 'look-inside'],
});

const wrongFile = (subject: Subject): Entry => ({
  subject,
  steps: ['stepCheckFile', 'stepSaveAgain'],
  actions: ['open-again'],
});

/** What went wrong between here and a registry. */
const registry = (subject: Subject, ...steps: readonly Step[]): Entry => ({
  subject,
  steps,
  actions: [],
});

/** What lies in how the page reaches registries. */
const reach = (subject: Subject, ...steps: readonly Step[]): Entry => ({
  subject,
  steps,
  actions: ['settings'],
});

/** What a login may help against. */
const login = (subject: Subject, ...steps: readonly Step[]): Entry => ({
  subject,
  steps,
  actions: ['log-in'],
});

const gone: Entry = { subject: 'gone', steps: ['stepTryAgain'], actions: [] };

/** Ways to a proxy, and the way without one. */
const OWN_PROXY = ['stepOwnProxy', 'stepEdgeProxy', 'stepCors'] as const;

const ENTRIES: Readonly<Record<ErrorCode, Entry>> = {
  'digest-mismatch': corrupt('digest'),
  'diff-id-mismatch': corrupt('diffId'),
  'size-mismatch': corrupt('size'),
  truncated: corrupt('truncated'),
  'bad-compression': corrupt('damaged'),
  'bad-tar': corrupt('damaged'),
  'not-a-layer': corrupt('damaged'),
  'blob-missing': {
    subject: 'missing',
    steps: ['stepCopyComplete', 'stepLookInside'],
    actions: ['open-again', 'look-inside'],
  },
  'limit-exceeded': {
    subject: 'limit',
    steps: ['stepOtherTool', 'stepCheckFile'],
    actions: ['open-again'],
  },
  'bad-archive': corrupt('damaged'),
  'missing-entry': {
    subject: 'missing',
    steps: ['stepCopyComplete', 'stepLookInside'],
    actions: ['open-again', 'look-inside'],
  },
  'bad-manifest': corrupt('document'),
  'bad-name': wrongFile('document'),
  'unsafe-path': { subject: 'unsafe', steps: ['stepOtherTool'], actions: ['open-again'] },
  'link-cycle': { subject: 'damaged', steps: ['stepOtherTool'], actions: ['open-again'] },
  'empty-file': wrongFile('truncated'),
  'not-an-archive': wrongFile('notAnImage'),
  'no-image': wrongFile('notAnImage'),
  'dir-layout': wrongFile('notAnImage'),
  schema1: wrongFile('notAnImage'),
  'root-filesystem': {
    subject: 'rootfs',
    steps: ['stepSaveImage', 'stepOpenAsLayer'],
    actions: ['open-as-layer', 'open-again'],
  },
  'single-layer': {
    subject: 'layer',
    steps: ['stepSaveImage', 'stepOpenAsLayer'],
    actions: ['open-as-layer', 'open-again'],
  },
  'bad-json': wrongFile('document'),
  'bad-document': wrongFile('document'),
  'bad-digest': wrongFile('document'),
  'bad-reference': wrongFile('document'),
  'json-too-large': wrongFile('limit'),
  'json-too-deep': wrongFile('limit'),
  artifact: wrongFile('artifact'),
  'quota-exceeded': {
    subject: 'quota',
    steps: ['stepFreeSpace', 'stepPersist', 'stepNormalWindow'],
    actions: ['settings', 'open-again'],
  },
  'storage-unavailable': {
    subject: 'unavailable',
    steps: ['stepNormalWindow', 'stepReload'],
    actions: ['reload'],
  },
  'session-only': {
    subject: 'sessionOnly',
    steps: ['stepNormalWindow', 'stepAllowData'],
    actions: [],
  },
  'source-unreadable': {
    subject: 'unreadable',
    steps: ['stepOpenAgain'],
    actions: ['open-again'],
  },
  'store-conflict': { subject: 'gone', steps: ['stepTryAgain'], actions: ['open-again'] },
  'store-blocked': { subject: 'outdated', steps: ['stepReload'], actions: ['reload'] },
  'store-outdated': { subject: 'outdated', steps: ['stepReload'], actions: ['reload'] },
  'disk-full': {
    subject: 'diskFull',
    steps: ['stepSaveElsewhere', 'stepFreeDisk'],
    actions: [],
  },
  'file-gone': { subject: 'fileGone', steps: ['stepSaveElsewhere', 'stepTryAgain'], actions: [] },
  'image-in-use': { subject: 'inUse', steps: ['stepRemoveOthers'], actions: [] },
  'bad-tag': { subject: 'tag', steps: ['stepTryAgain'], actions: [] },
  'no-such-image': gone,
  'ambiguous-id': gone,
  'no-such-platform': gone,
  'no-such-layer': gone,
  'no-such-path': gone,
  'not-a-file': gone,
  'bad-toc': { subject: 'document', steps: ['stepTryAgain'], actions: [] },
  offline: registry('offline', 'stepCheckNetwork', 'stepTryLater'),
  'registry-unreachable': reach('unreachable', 'stepCheckNetwork', 'stepProxy', 'stepTryLater'),
  'mixed-content': reach('unreachable', 'stepProxy'),
  'proxy-missing': reach('proxy', 'stepCheckNetwork', ...OWN_PROXY),
  'not-a-proxy': reach('noProxy', 'stepProxyAddress', ...OWN_PROXY),
  'proxy-refused': reach('proxyRefused', 'stepAllowHost'),
  'bad-proxy-template': reach('proxy', 'stepProxy'),
  'not-a-registry': reach('noRegistry', 'stepCheckName', 'stepProxy'),
  'web-page': reach('webPage', 'stepPortal', 'stepProxy', 'stepTryLater'),
  'bad-reply': registry('noRegistry', 'stepTryLater', 'stepReport'),
  unauthorized: login('login', 'stepLogin', 'stepCheckName'),
  denied: login('denied', 'stepCheckName', 'stepLogin'),
  'not-found': registry('notFound', 'stepCheckName'),
  'rate-limited': login('rateLimit', 'stepTryLater', 'stepLogin'),
  'registry-failed': registry('registry', 'stepTryLater'),
  'registry-refused': registry('noRegistry', 'stepCheckName', 'stepReport'),
  'bad-token': registry('noRegistry', 'stepTryLater', 'stepReport'),
  'realm-refused': registry('realm', 'stepLogin'),
  'connection-lost': registry('registry', 'stepCheckNetwork', 'stepTryLater'),
  'foreign-layer': registry('missing', 'stepOtherTool'),
  'wrong-passphrase': registry('passphrase', 'stepTryAgain'),
  'encryption-unavailable': registry('encryption', 'stepLogin'),
  'bad-index': { subject: 'unexpected', steps: ['stepTryAgain', 'stepReport'], actions: [] },
  'no-encoder': { subject: 'worker', steps: ['stepTryAgain', 'stepReload'], actions: ['reload'] },
  'worker-crashed': {
    subject: 'worker',
    steps: ['stepTryAgain', 'stepReport'],
    actions: ['open-again'],
  },
  unexpected: { subject: 'unexpected', steps: ['stepTryAgain', 'stepReport'], actions: [] },
};

/** A failure as the error card shows it. */
export interface ErrorView {
  readonly title: string;
  readonly text: string;
  /** The core's own sentence: what is wrong and where. */
  readonly problem: string;
  readonly steps: readonly {
    readonly lead: string;
    readonly rest: string;
    /** Without a button for it the step leads nowhere. */
    readonly action?: ErrorAction;
  }[];
  readonly actions: readonly ErrorAction[];
  readonly code: string;
  /** Digests, where two differ. */
  readonly mismatch: { readonly expected: string; readonly found: string } | undefined;
}

/** What to say of an error in the language of `strings`, and what to offer. A code that nobody knows is `unexpected`. */
export function errorView(error: ErrorRecord, strings: Strings): ErrorView {
  const entry = isKnown(error.code) ? ENTRIES[error.code] : ENTRIES.unexpected;
  const { expected, found, what } = error.detail;
  return {
    title: titleText(strings, entry.subject, typeof what === 'string' ? what : undefined),
    text: strings[`${entry.subject}Text`],
    problem: readable(error.message),
    steps: entry.steps.map((step) => ({
      ...splitStep(strings[step]),
      ...(step === 'stepLookInside' ? { action: 'look-inside' } : {}),
    })),
    actions: entry.actions,
    code: error.code,
    mismatch:
      typeof expected === 'string' && typeof found === 'string' ? { expected, found } : undefined,
  };
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ENTRIES, code);
}

function titleText(strings: Strings, subject: Subject, what: string | undefined): string {
  const title = strings[`${subject}Title`];
  if (typeof title === 'string') return title;
  // `layer 2 of 3 (blobs/sha256/…) in app.tar`: where it lies is told below.
  const name = what?.split(/ \(| in /, 1)[0];
  return title(capitalized(name ?? strings.aPart));
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A sentence with digests as long as they need to be to be told apart; the details to copy have them whole. */
function readable(message: string): string {
  return message.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…');
}

/** A step's first sentence is what to do, the rest explains it. */
function splitStep(step: string): { lead: string; rest: string } {
  const end = step.search(/(?<=\.) |(?<=。)/);
  return end < 0
    ? { lead: step, rest: '' }
    : { lead: step.slice(0, end), rest: step.slice(end).trim() };
}
