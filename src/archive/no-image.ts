import { artifactName } from '../oci/artifact-name';
import { shorten } from './archive-entries';
import { ArchiveError, type ArchiveErrorCode } from './errors';

/** An artifact refused by name. `types` are the artifact types met, in order. */
export function artifact(archive: string, types: readonly string[]): ArchiveError {
  const type = shorten(types[0] ?? '');
  const typed = type === '' ? '' : ` (${type})`;
  return new ArchiveError(
    'artifact',
    `${archive} holds ${artifactName(type)}${typed}, not a container image.`,
    {
      detail: { archive, artifactType: type },
    },
  );
}

/** `reason` completes "holds no image: …". */
export function noImage(archive: string, reason: string): ArchiveError {
  return new ArchiveError('no-image', `${archive} holds no image: ${reason}.`, {
    detail: { archive },
  });
}

export function dirLayout(archive: string, kind: 'dir-layout' | 'schema1'): ArchiveError {
  const message =
    kind === 'dir-layout'
      ? `${archive} holds an image as \`skopeo copy … dir:\` writes it, which is no image archive; \`skopeo copy dir:FOLDER oci-archive:FILE\` makes one of it.`
      : `${archive} holds a schema 1 manifest, a format that registries and engines have dropped.`;
  return new ArchiveError(kind, message, { detail: { archive } });
}

/** What can be said of an archive by its names alone. */
interface Survey {
  readonly archive: string;
  readonly topLevel: ReadonlySet<string>;
  /** Names directly in a folder of the top level. */
  readonly second: ReadonlySet<string>;
  /** A path with a whiteout. */
  readonly whiteout: string | undefined;
}

/** One guess at what an archive is. `rest` of a sentence that begins with its name. */
type Guess = (
  survey: Survey,
) => { readonly code: ArchiveErrorCode; readonly rest: string } | undefined;

const IMPORT = '`docker import` makes an image of it';

/** What a readable tar is that holds no image, as well as its names tell. */
export function whatElse(archive: string, paths: Iterable<string>): ArchiveError {
  const survey = surveyOf(archive, paths);
  for (const guess of GUESSES) {
    const found = guess(survey);
    if (!found) continue;
    return new ArchiveError(found.code, `${archive} ${found.rest}.`, { detail: { archive } });
  }
  return noImage(
    archive,
    `it has neither a manifest.json nor an index.json. If it is one layer or a root filesystem, ${IMPORT}`,
  );
}

function surveyOf(archive: string, paths: Iterable<string>): Survey {
  const topLevel = new Set<string>();
  const second = new Set<string>();
  let whiteout: string | undefined;
  for (const path of paths) {
    const [first = '', next, ...deeper] = path.split('/');
    topLevel.add(first);
    if (next !== undefined && deeper.length === 0) second.add(next);
    if (/(?:^|\/)\.wh\.[^/]+$/.test(path)) whiteout ??= path;
  }
  return { archive, topLevel, second, whiteout };
}

/** Folders of a root filesystem: three of them are one, fewer may be a layer. https://refspecs.linuxfoundation.org/FHS_3.0/ */
const ROOT_FOLDERS =
  'bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var Files Hives'.split(
    ' ',
  );

const GUESSES: readonly Guess[] = [
  ({ topLevel }) =>
    topLevel.size === 0 ? { code: 'no-image', rest: 'is an archive without any entry' } : undefined,
  ({ topLevel, second }) =>
    second.has('layer.tar') && !topLevel.has('repositories')
      ? {
          code: 'no-image',
          rest: 'holds layers, but neither a manifest.json nor a repositories file says of which image; it may be incomplete',
        }
      : undefined,
  ({ topLevel }) =>
    topLevel.has('blobs')
      ? {
          code: 'no-image',
          rest: 'holds blobs, but no index.json says of which image; it may be incomplete',
        }
      : undefined,
  ({ topLevel, second }) =>
    topLevel.size === 1 && (second.has('manifest.json') || second.has('oci-layout'))
      ? {
          code: 'no-image',
          rest: `holds an image inside the folder "${shorten([...topLevel].join())}"; make the archive from inside that folder`,
        }
      : undefined,
  ({ topLevel, second }) =>
    topLevel.has('Chart.yaml') || (topLevel.size === 1 && second.has('Chart.yaml'))
      ? { code: 'artifact', rest: 'is a Helm chart (Chart.yaml), not a container image' }
      : undefined,
  ({ whiteout }) =>
    whiteout === undefined
      ? undefined
      : {
          code: 'single-layer',
          rest: `is one layer of an image (it deletes ${shorten(whiteout)}), not an image; ${IMPORT}`,
        },
  ({ topLevel }) =>
    topLevel.has('.dockerenv') || rootFolders(topLevel) >= 3
      ? {
          code: 'root-filesystem',
          rest: `is a plain root filesystem, as \`docker export\` writes it, not an image; ${IMPORT}`,
        }
      : undefined,
  ({ archive, topLevel }) =>
    /(?:^|\/)(?:layer|[0-9a-f]{64})\.tar(?:\.\w+)?$/.test(archive) || rootFolders(topLevel) > 0
      ? { code: 'single-layer', rest: `is one layer of an image, not an image; ${IMPORT}` }
      : undefined,
  ({ topLevel }) => {
    const recipe = ['Dockerfile', 'Containerfile', 'docker-compose.yml', 'compose.yaml'].find(
      (name) => topLevel.has(name),
    );
    return recipe === undefined
      ? undefined
      : {
          code: 'no-image',
          rest: `is a build context (it has a ${recipe}), not an image; \`docker build - < FILE\` makes an image of it`,
        };
  },
  ({ topLevel }) => {
    const inner = [...topLevel].find((name) => /\.(?:tar|tgz|tar\.\w+)$/.test(name));
    return inner === undefined
      ? undefined
      : {
          code: 'no-image',
          rest: `holds an archive (${shorten(inner)}), not an image; unpack it and open what is inside`,
        };
  },
];

function rootFolders(topLevel: ReadonlySet<string>): number {
  return ROOT_FOLDERS.filter((folder) => topLevel.has(folder)).length;
}
