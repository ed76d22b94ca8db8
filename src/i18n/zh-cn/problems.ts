import type { ErrorDetail, ErrorRecord, JsonValue } from '../../base/errors';

/**
 * What is wrong, by code: the core's own sentences are English, as the console prints them. What a sentence does not name of the facts
 * stands behind it, and so do docker's own words, which are what people search for. A code that is not here keeps the core's sentence.
 */
export function problem({ code, message, detail }: ErrorRecord): string {
  const sentence = SENTENCES.get(code);
  if (!sentence) return message;
  const facts = [
    ...FACTS.flatMap(([name, label]) => factOf(detail, name, label)),
    ...(IN_DOCKERS_WORDS.has(code) ? [`docker：${message}`] : []),
  ];
  const told = sentence(subjectOf(detail)).trim();
  return `${told}${facts.length === 0 ? '' : `（${facts.join('，')}）`}。`;
}

/** What a sentence is about. */
interface Subject {
  /** The part of the image, or the document. */
  readonly what: string;
  /** The registry, or another host. */
  readonly host: string;
}

const SENTENCES: ReadonlyMap<string, (subject: Subject) => string> = new Map(
  Object.entries({
    'digest-mismatch': ({ what }) => `${what}已损坏或并非所声明的内容：摘要不符`,
    'diff-id-mismatch': ({ what }) => `${what}已损坏或并非所声明的内容：diff ID 不符`,
    'size-mismatch': ({ what }) => `${what}已损坏或并非所声明的内容：字节长度不符`,
    truncated: ({ what }) => `${what}不完整，在结尾之前就中断了`,
    'bad-compression': ({ what }) => `${what}已损坏，无法解压`,
    'bad-tar': ({ what }) => `${what}不是可读取的 tar`,
    'bad-archive': ({ what }) => `${what}无法读取`,
    'not-a-layer': ({ what }) => `${what}不是层：其中不是 tar`,
    'limit-exceeded': ({ what }) => `${what}超出允许的上限`,
    'missing-entry': ({ what }) => `${what}被提到，但归档中没有`,
    'blob-missing': ({ what }) => `${what}尚未存储`,
    'bad-manifest': ({ what }) => `${what}的各部分相互矛盾`,
    'bad-name': () => '归档中的镜像名称不是 docker 接受的名称',
    'unsafe-path': () => '归档含有指向自身之外的路径或链接',
    'link-cycle': () => '归档中的链接相互指向，或数量过多',
    'empty-file': () => '文件是空的',
    'not-an-archive': () => '文件不是 tar，也不是压缩的 tar',
    'no-image': () => '这个 tar 中没有构成镜像的文档',
    'is-folder': () => '这是一个文件夹，不是镜像归档',
    'dir-layout': () => '这是 `skopeo copy … dir:` 写出的目录，不是镜像归档',
    'root-filesystem': () => '这是整个系统的文件，由 `docker export` 写出',
    'single-layer': () => '这只是镜像的一层',
    schema1: ({ what }) => `${what}采用 schema 1，仓库和引擎都已弃用；请用现今的工具重新推送`,
    artifact: () => '那里存放的是制品（chart、签名、SBOM 等），不是容器镜像',
    'bad-json': ({ what }) => `${what}不是有效的 JSON`,
    'bad-document': ({ what }) => `${what}不符合镜像格式`,
    'bad-digest': () => '摘要的写法无效',
    'bad-reference': () => '镜像名称的写法无效',
    'bad-tag': () => '这个名称不能作为标签',
    'bad-instruction': () => '这不是可用的 Dockerfile 指令',
    'image-in-use': () => '镜像不能就此删除：有多个名称指向它，或有其他镜像基于它构建',
    refused: () => '引擎不会这样做',
    'json-too-large': ({ what }) => `${what}的 JSON 过大`,
    'json-too-deep': ({ what }) => `${what}的 JSON 嵌套过深`,
    'quota-exceeded': ({ what }) => `浏览器拒绝再存储更多内容，${what}放不下`,
    'storage-unavailable': () => '浏览器在此不提供存储',
    'session-only': () => '浏览器不提供存储；一切只在本标签页打开期间保留',
    'source-unreadable': () => '文件在读取期间被更改、移动或无法再读取',
    'store-conflict': () => '另一标签页同时更改了同一镜像',
    'store-blocked': () => '另一标签页运行着旧版 Drydock，且未释放存储',
    'store-outdated': () => '另一标签页运行着新版 Drydock',
    'disk-full': () => '磁盘已满，文件放不下',
    'file-gone': () => '所选文件已被移动、删除或占用',
    'file-left': () => '文件未能保存；原处可能留有一个空文件，浏览器不允许将其删除',
    'sample-unreachable': () => '无法获取示例镜像：浏览器处于离线状态，或服务器没有应答',
    'no-such-image': () => '没有这个名称或 ID 的镜像',
    'ambiguous-id': () => '有多个镜像的 ID 以此开头',
    'no-such-platform': () => '镜像没有适用于此平台的版本',
    'no-such-layer': () => '镜像没有这一层',
    'no-such-path': () => '没有这个路径',
    'not-a-file': () => '该路径不是文件',
    'over-budget': ({ what }) => `读取${what}须获取的数据超过所允许的`,
    'bad-toc': ({ what }) => `${what}的目录表与其格式所述不符，须完整读取该层`,
    'bad-index': () => '存储的层目录无法使用',
    'no-encoder': () => '无法加载 zstd 编码器；请联网后重新加载页面，或选择 gzip',
    'worker-crashed': () => '执行任务的 worker 已停止，多半因内存不足',
    offline: ({ host }) => `浏览器处于离线状态，无法访问${host}`,
    'registry-unreachable': ({ host }) => `${host}没有应答，或不允许网页访问`,
    'no-answer': ({ host }) => `${host}很久没有发来任何数据，已不再等待；请检查网络，稍后再试`,
    'mixed-content': ({ host }) => `经 https 打开的页面不能以明文 http 访问${host}，代理可以`,
    'insecure-proxy': () =>
      '经 https 打开的页面不能以明文 http 访问不在本机上的代理；请改用 https 或换一个代理',
    'proxy-missing': ({ host }) => `${host}不允许网页访问，而代理没有应答`,
    'not-a-proxy': () => '代理地址处没有代理；请在设置中更正',
    'proxy-refused': ({ host }) => `代理不访问${host}，或不为本页面服务`,
    'bad-proxy-template': () => '代理的 URL 模板不能构成 URL，应类似 https://proxy.example/{url}',
    'not-a-registry': ({ host }) => `${host}不是镜像仓库，或中间有登录页、认证门户`,
    'web-page': ({ host }) => `${host}返回的是网页：中间可能有登录页、认证门户或错误的代理`,
    'bad-reply': ({ host }) => `${host}的应答不符合规范`,
    unauthorized: ({ host }) => `${host}要求登录，或用户名、密码有误`,
    denied: ({ host }) => `${host}拒绝访问`,
    'blob-unknown': ({ host, what }) => `${host}没有${what}，而镜像引用了它`,
    'not-found': ({ host }) => `${host}没有所请求的内容`,
    'rate-limited': ({ host }) => `${host}的请求限额已用完`,
    'registry-failed': ({ host }) => `${host}自身出错`,
    'registry-refused': ({ host }) => `${host}拒绝了请求`,
    'bad-token': ({ host }) => `令牌服务器 ${host}的应答有误`,
    'realm-refused': () => '仓库将用户引向另一站点登录，未获同意',
    'connection-lost': ({ host }) => `与${host}的传输中断；已收到的部分会保留，下次从该处继续`,
    'foreign-layer': () => '该层只由其厂商分发，仓库中没有',
    'wrong-passphrase': () => '口令打不开已保存的登录信息',
    'encryption-unavailable': () => '浏览器只在安全页面上提供加密',
  } satisfies Record<string, (subject: Subject) => string>),
);

/** Codes whose sentence is docker's. */
const IN_DOCKERS_WORDS: ReadonlySet<string> = new Set([
  ...['bad-reference', 'bad-tag', 'bad-instruction', 'image-in-use', 'refused'],
]);

/** Facts in the order in which they are told. */
const FACTS: readonly (readonly [name: string, label: string])[] = [
  ['expected', '应为'],
  ['found', '实际'],
  ['archive', '归档'],
  ['entry', '条目'],
  ['path', '路径'],
  ['offset', '偏移'],
  ['archiveOffset', '归档内偏移'],
  ['position', '字节位置'],
  ['limit', '上限'],
  ['size', '大小'],
  ['reference', '名称'],
  ['name', '名称'],
  ['asked', '平台'],
  ['platform', '平台'],
  ['offered', '可选'],
  ['artifactType', '类型'],
  ['proxy', '代理'],
  ['realm', '站点'],
  ['status', 'HTTP 状态'],
  ['retryAfter', '秒后恢复'],
  ['text', '原文'],
];

function factOf(detail: ErrorDetail, name: string, label: string): readonly string[] {
  const text = textOf(detail[name]);
  return text === '' ? [] : [`${label} ${text}`];
}

function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) ? value.map(textOf).filter(Boolean).join('、') : '';
}

function subjectOf({ what, host, registry }: ErrorDetail): Subject {
  const place = textOf(host) || textOf(registry);
  const part = partText(textOf(what));
  return {
    what: part === '' ? '镜像的一部分' : spaced(part),
    host: place === '' ? '仓库' : ` ${place} `,
  };
}

/** The core's names of parts. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/^layer (\d+)(?=\s|$)/i, '第 $1 层'],
  [/^(?:the )?layer\b/i, '层'],
  [/^manifest (\d+)(?=\s|$)/i, '第 $1 个清单'],
  [/^(?:the |a )?manifest(?: that \S+ sent)?(?=\s|$)/i, '清单'],
  [/^the list of tags/i, '标签列表'],
  [/^the list of repositories/i, '仓库列表'],
  [/^the list of referrers/i, '引用者列表'],
  [/^the table of contents/i, '目录表'],
  [/^the index\b/i, '索引'],
  [/^the (?:image )?configuration\b/i, '配置'],
  [/^(?:the|a stored) blob\b/i, 'blob'],
  [/^the token\b/i, '令牌'],
  [/^the search(?: result)?/i, '搜索结果'],
  [/^the archive\b/i, '归档'],
  [/^the file\b/i, '文件'],
  [/^the stream\b/i, '数据流'],
  [/^platform\b/i, '平台'],
  [/^subject\b/i, '所指对象'],
];

/** The core's name of a part, in Chinese. */
export function partText(what: string): string {
  const [pattern, text] = PARTS.find(([known]) => known.test(what)) ?? [];
  if (!pattern || text === undefined) return placed(what);
  const rest = what.replace(pattern, '');
  const part = what.slice(0, what.length - rest.length).replace(pattern, text);
  const [, named = '', owner] = /^( \S+)? of (.+)$/.exec(rest) ?? [];
  if (owner === undefined) return placed(part + rest);
  return `${spaced(partText(owner))}的${part}${named}`;
}

function placed(part: string): string {
  return part
    .replace(/ in (\S+)$/, '（位于 $1）')
    .replace(/ \(([^()]*)\)/, '（$1）')
    .trim();
}

/** With a blank before Chinese where it does not end so. */
function spaced(text: string): string {
  return /[\w.:/-]$/.test(text) ? `${text} ` : text;
}
