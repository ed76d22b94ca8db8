import { createHash } from 'node:crypto';

/** A repository as Docker Hub lists it: an official one has no namespace in its name. */
export interface HubRepository {
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly pulls: number;
  readonly official: boolean;
  readonly automated: boolean;
}

/** Official repositories: name, stars, pulls, description. */
const OFFICIAL: readonly (readonly [string, number, number, string])[] = [
  ['nginx', 21_012, 12_934_012_331, 'Official build of Nginx.'],
  [
    'alpine',
    11_477,
    11_200_871_002,
    'A minimal Docker image based on Alpine Linux with a complete package index and only 5 MB in size!',
  ],
  ['centos', 7_860, 1_071_220_340, 'DEPRECATED; The official build of CentOS.'],
  ['busybox', 3_412, 9_871_004_119, 'Busybox base image.'],
  [
    'redis',
    13_498,
    10_412_667_120,
    'Redis is the world’s fastest data platform for caching, vector search, and NoSQL databases.',
  ],
  [
    'postgres',
    14_601,
    10_833_412_900,
    'The PostgreSQL object-relational database system provides reliability and data integrity.',
  ],
  [
    'python',
    10_220,
    7_411_980_334,
    'Python is an interpreted, interactive, object-oriented, open-source programming language.',
  ],
  ['scratch', 0, 0, 'an explicitly empty image, especially for building images "FROM scratch"'],
];

/** Others: descriptions with line ends, none, long ones, other scripts, and what a page must not take for markup. */
const OTHERS: readonly (readonly [string, number, number, string])[] = [
  ['nginxinc/nginx-unprivileged', 190, 301_442_110, 'Unprivileged NGINX Dockerfiles'],
  ['bitnami/nginx', 202, 612_334_901, 'Bitnami container image for NGINX'],
  [
    'nginx/nginx-ingress',
    117,
    1_200_340_777,
    'NGINX and  NGINX Plus Ingress Controllers for Kubernetes',
  ],
  [
    'ubuntu/nginx',
    134,
    19_220_118,
    'Nginx, a high-performance reverse proxy & web server. Long-term tracks maintained by Canonical.',
  ],
  [
    'linuxserver/nginx',
    238,
    88_120_334,
    'An Nginx container, brought to you by LinuxServer.io.\r\n\r\nSecond paragraph.',
  ],
  ['centos/systemd', 120, 9_120_330, 'systemd enabled base container.'],
  ['paketobuildpacks/nginx', 0, 4_120, ''],
  ['rancher/nginx-ingress-controller', 15, 22_310_440, ''],
  [
    'kasmweb/nginx',
    9,
    1_220_410,
    'An Nginx image based off nginx:alpine and included in the default Kasm Workspaces installation',
  ],
  ['clearlinux/nginx', 5, 301_220, 'Nginx reverse proxy server on Clear Linux'],
  ['docksal/nginx', 0, 801_334, 'Nginx service image for Docksal'],
  ['ada/busybox-extras', 3, 1_204, 'BusyBox with\ttabs,\nline ends and <b>markup</b> & "quotes"'],
  [
    'ada/网关',
    2,
    77,
    '基于 nginx 的网关镜像，支持灰度发布与限流，适合内网部署和离线环境使用的小型容器',
  ],
  ['ada/emoji-nginx', 1, 12, '🚢🚢🚢 nginx 🚢🚢🚢 nginx 🚢🚢🚢 nginx 🚢🚢🚢 nginx 🚢🚢🚢'],
];

/** Enough for several pages. */
const MANY = Array.from({ length: 60 }, (_, n): HubRepository => {
  const name = `mirror/nginx-${String(n + 1).padStart(2, '0')}`;
  const description = `Mirror ${n + 1} of nginx`;
  return { name, description, stars: n % 4, pulls: n, official: false, automated: n % 5 === 0 };
});

export const HUB_REPOSITORIES: readonly HubRepository[] = [
  ...OFFICIAL.map((row) => repository(row, true)),
  ...OTHERS.map((row) => repository(row, false)),
  ...MANY,
];

function repository(
  [name, stars, pulls, description]: (typeof OFFICIAL)[number],
  official: boolean,
): HubRepository {
  return { name, description, stars, pulls, official, automated: name.startsWith('bitnami/') };
}

const PLATFORMS = [
  { architecture: 'amd64', variant: null },
  { architecture: 'arm64', variant: 'v8' },
  { architecture: 'arm', variant: 'v7' },
  // BuildKit's attestation, as Hub lists it.
  { architecture: 'unknown', variant: null },
];
const TAG_COUNT = 23;

/** The tags of a repository, newest first: `latest`, then `1.22` down to `1.1`. */
export function tagsOf({ name }: HubRepository): ({ readonly name: string } & object)[] {
  return Array.from({ length: TAG_COUNT }, (_, n) => {
    const tag = n === 0 ? 'latest' : `1.${TAG_COUNT - n}`;
    const updated = new Date(Date.UTC(2026, 0, 31 - n, 3, 4, 5)).toISOString();
    const images = PLATFORMS.map((platform, p) => ({
      ...platform,
      ...{ features: '', os: p < 3 ? 'linux' : 'unknown', os_features: '', os_version: null },
      digest: digest(`${name}:${tag} ${p}`),
      size: p < 3 ? 60_000_000 + n * 1000 + p : 1_204,
      ...{ status: 'active', last_pulled: updated, last_pushed: updated },
    }));
    return {
      ...{ creator: 1, id: 1_000 + n, images, last_updated: updated, last_updater: 1 },
      ...{
        last_updater_username: 'ada',
        name: tag,
        repository: 1,
        full_size: images[0]?.size,
        v2: true,
      },
      ...{ tag_status: 'active', tag_last_pulled: updated, tag_last_pushed: updated },
      ...{ media_type: 'application/vnd.oci.image.index.v1+json', content_type: 'image' },
      digest: digest(`${name}:${tag}`),
    };
  });
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
