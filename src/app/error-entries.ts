import type { ArchiveErrorCode } from '../archive/errors';
import type { UnreadableError } from '../base/unreadable';
import type { CodecErrorCode } from '../codec/errors';
import type { ImageErrorCode } from '../image/errors';
import type { LayerErrorCode } from '../layer/errors';
import type { OciErrorCode } from '../oci/errors';
import type { RegistryErrorCode } from '../registry/errors';
import type { StoreErrorCode } from '../store/errors';
import type { WorkerErrorCode } from '../workers/errors';
import type { Texts } from './i18n.svelte';
import type { SaveFileErrorCode } from './actions/save-file';
import type { SampleErrorCode } from './sample-file';

/** What a person can do about a failure by pressing a button. */
export type ErrorAction =
  | 'open-again'
  | 'look-inside'
  | 'import-image'
  | 'open-as-layer'
  | 'settings'
  | 'proxy-settings'
  | 'reload'
  | 'log-in';

/** Every code that can reach a person. A folder that gains a code does not compile until it has an entry here. */
type ErrorCode =
  | ArchiveErrorCode
  | CodecErrorCode
  | ImageErrorCode
  | LayerErrorCode
  | OciErrorCode
  | RegistryErrorCode
  | SaveFileErrorCode
  | SampleErrorCode
  | StoreErrorCode
  | WorkerErrorCode
  | UnreadableError['code']
  /** What a command's sentence says, and nothing else. */
  | 'refused'
  | 'unexpected';

export type Strings = Texts['errors'];
type Step = keyof Strings & `step${string}`;
type Stem<Key> = Key extends `${infer Name}Title` ? Name : never;
/** `digest` has a `digestTitle` and a `digestText`. */
export type Subject = Stem<keyof Strings>;

/** What is said of a code, and what is offered. */
export interface ErrorEntry {
  readonly subject: Subject;
  readonly steps: readonly Step[];
  /** The first is the primary one. */
  readonly actions: readonly ErrorAction[];
}

const corrupt = (subject: Subject): ErrorEntry => ({
  subject,
  steps: ['stepSaveAgain', 'stepLookInside'],
  actions: ['open-again', 'look-inside'],
});

const wrongFile = (subject: Subject): ErrorEntry => ({
  subject,
  steps: ['stepCheckFile', 'stepSaveAgain'],
  actions: ['open-again'],
});

/** What went wrong between here and a registry. */
const registry = (subject: Subject, ...steps: readonly Step[]): ErrorEntry => ({
  subject,
  steps,
  actions: [],
});

/** What lies in how the page reaches registries. */
const reach = (subject: Subject, ...steps: readonly Step[]): ErrorEntry => ({
  subject,
  steps,
  actions: ['proxy-settings'],
});

/** What a login may help against. */
const login = (subject: Subject, ...steps: readonly Step[]): ErrorEntry => ({
  subject,
  steps,
  actions: ['log-in'],
});

const gone: ErrorEntry = { subject: 'gone', steps: ['stepTryAgain'], actions: [] };

/** Ways to a proxy, and the way without one. */
const OWN_PROXY = ['stepOwnProxy', 'stepEdgeProxy', 'stepCors'] as const;

const ENTRIES: Readonly<Record<ErrorCode, ErrorEntry>> = {
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
  'is-folder': { subject: 'folder', steps: ['stepPackFolder'], actions: ['open-again'] },
  schema1: wrongFile('notAnImage'),
  'root-filesystem': {
    subject: 'rootfs',
    steps: ['stepSaveImage', 'stepImport', 'stepOpenAsLayer'],
    actions: ['import-image', 'open-as-layer'],
  },
  'single-layer': {
    subject: 'layer',
    steps: ['stepSaveImage', 'stepImport', 'stepOpenAsLayer'],
    actions: ['import-image', 'open-as-layer'],
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
  'file-left': { subject: 'fileLeft', steps: ['stepSaveElsewhere', 'stepTryAgain'], actions: [] },
  'sample-unreachable': {
    subject: 'sample',
    steps: ['stepCheckNetwork', 'stepOwnFile'],
    actions: [],
  },
  'image-in-use': { subject: 'inUse', steps: ['stepRemoveOthers'], actions: [] },
  'bad-tag': { subject: 'tag', steps: ['stepTryAgain'], actions: [] },
  'no-such-image': gone,
  'ambiguous-id': gone,
  'no-such-platform': gone,
  'no-such-layer': gone,
  'no-such-path': gone,
  'not-a-file': gone,
  'over-budget': { subject: 'limit', steps: [], actions: [] },
  'bad-toc': { subject: 'document', steps: ['stepTryAgain'], actions: [] },
  offline: registry('offline', 'stepCheckNetwork', 'stepTryLater'),
  'registry-unreachable': reach('unreachable', 'stepCheckNetwork', 'stepProxy', 'stepTryLater'),
  'no-answer': registry('registry', 'stepCheckNetwork', 'stepTryLater'),
  'mixed-content': reach('mixedContent', 'stepProxy'),
  'insecure-proxy': reach('mixedContent', 'stepHttpsProxy', ...OWN_PROXY),
  'proxy-missing': reach('proxy', 'stepCheckNetwork', ...OWN_PROXY),
  'not-a-proxy': reach('noProxy', 'stepProxyAddress', ...OWN_PROXY),
  'proxy-refused': reach('proxyRefused', 'stepAllowHost'),
  'bad-proxy-template': reach('proxy', 'stepProxy'),
  'not-a-registry': reach('noRegistry', 'stepCheckHost', 'stepProxy'),
  'web-page': reach('webPage', 'stepPortal', 'stepProxy', 'stepTryLater'),
  'bad-reply': registry('noRegistry', 'stepTryLater', 'stepReport'),
  unauthorized: login('login', 'stepLogin'),
  denied: login('denied', 'stepCheckName', 'stepLogin'),
  'not-found': registry('notFound', 'stepCheckName'),
  'blob-unknown': registry('noBlob', 'stepTellPublisher'),
  'rate-limited': login('rateLimit', 'stepTryLater', 'stepLogin'),
  'registry-failed': registry('registry', 'stepTryLater'),
  'registry-refused': registry('noRegistry', 'stepCheckName', 'stepReport'),
  'bad-token': registry('noRegistry', 'stepTryLater', 'stepReport'),
  'realm-refused': registry('realm', 'stepLogin'),
  'connection-lost': registry('registry', 'stepCheckNetwork', 'stepTryLater'),
  'foreign-layer': registry('foreign', 'stepTellPublisher'),
  'wrong-passphrase': registry('passphrase', 'stepTryAgain'),
  'encryption-unavailable': registry('encryption', 'stepLogin'),
  'bad-index': { subject: 'unexpected', steps: ['stepTryAgain', 'stepReport'], actions: [] },
  'no-encoder': { subject: 'worker', steps: ['stepTryAgain', 'stepReload'], actions: ['reload'] },
  'worker-crashed': {
    subject: 'worker',
    steps: ['stepTryAgain', 'stepReport'],
    actions: ['open-again'],
  },
  refused: { subject: 'refused', steps: [], actions: [] },
  unexpected: { subject: 'unexpected', steps: ['stepTryAgain', 'stepReport'], actions: [] },
};

const spoilt: ErrorEntry = registry('spoilt', 'stepPullAgain', 'stepTellPublisher');
const sentDocument: ErrorEntry = registry('sentDocument', 'stepPullAgain', 'stepTellPublisher');
const sentLimit: ErrorEntry = registry('sentLimit', 'stepTellPublisher');

/** What is said otherwise of what came from a registry, and not out of a file. */
const FROM_REGISTRY: Partial<Readonly<Record<ErrorCode, ErrorEntry>>> = {
  'digest-mismatch': spoilt,
  'diff-id-mismatch': registry('diffId', 'stepTellPublisher'),
  'size-mismatch': spoilt,
  truncated: spoilt,
  'bad-compression': spoilt,
  'bad-tar': spoilt,
  'not-a-layer': spoilt,
  'limit-exceeded': sentLimit,
  'json-too-large': sentLimit,
  'json-too-deep': sentLimit,
  'bad-json': sentDocument,
  'bad-document': sentDocument,
  'bad-digest': sentDocument,
  'bad-reference': sentDocument,
  'bad-manifest': sentDocument,
  artifact: registry('artifact', 'stepCheckName'),
  schema1: registry('sentFormat', 'stepPushAgain'),
  'no-such-platform': registry('noPlatform', 'stepOtherPlatform'),
  'blob-missing': registry('gone', 'stepTryAgain'),
  'quota-exceeded': {
    subject: 'quota',
    steps: ['stepFreeSpace', 'stepPersist', 'stepNormalWindow'],
    actions: ['settings'],
  },
  'store-conflict': registry('gone', 'stepTryAgain'),
  'worker-crashed': registry('worker', 'stepTryAgain', 'stepReport'),
};

const noList = registry('noRegistry', 'stepTryLater', 'stepReport');

/** What is said otherwise of a search, or of a list of names. */
const IN_LIST: Partial<Readonly<Record<ErrorCode, ErrorEntry>>> = {
  'limit-exceeded': noList,
  'json-too-large': noList,
  'json-too-deep': noList,
  'bad-json': noList,
  'bad-document': noList,
};

const noPush: ErrorEntry = login('noPush', 'stepCheckName', 'stepLogin');

/** What is said otherwise of what was on its way to a registry. */
const TO_REGISTRY: Partial<Readonly<Record<ErrorCode, ErrorEntry>>> = {
  unauthorized: noPush,
  denied: noPush,
};

const lost: ErrorEntry = { subject: 'lost', steps: ['stepLoadAgain'], actions: ['open-again'] };

/** What is said otherwise of what was on its way from the store to a file. */
const TO_FILE: Partial<Readonly<Record<ErrorCode, ErrorEntry>>> = {
  'blob-missing': lost,
  'digest-mismatch': lost,
  'diff-id-mismatch': lost,
  'size-mismatch': lost,
  truncated: lost,
  'bad-compression': lost,
  'bad-tar': lost,
  'quota-exceeded': {
    subject: 'noRoomToPack',
    steps: ['stepSaveAsStored', 'stepFreeSpace', 'stepPersist'],
    actions: ['settings'],
  },
  'worker-crashed': {
    subject: 'packWorker',
    steps: ['stepTryAgain', 'stepReport'],
    actions: [],
  },
};

/** Where what an error is about came from, or where it was to go: a `push`, a `save`. A `list` is a registry's, of names. */
export type ErrorOrigin = 'file' | 'registry' | 'list' | 'push' | 'save';

const OVERRIDES = {
  file: {},
  registry: FROM_REGISTRY,
  list: IN_LIST,
  push: TO_REGISTRY,
  save: TO_FILE,
} as const satisfies Record<ErrorOrigin, typeof FROM_REGISTRY>;

/** The entry of a code. One that nobody knows is `unexpected`. */
export function entryOf(code: string, origin: ErrorOrigin): ErrorEntry {
  if (!isKnown(code)) return ENTRIES.unexpected;
  const overrides: typeof FROM_REGISTRY = OVERRIDES[origin];
  return overrides[code] ?? ENTRIES[code];
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ENTRIES, code);
}
