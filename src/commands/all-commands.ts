import { CommandTree, type CommandGroup } from './command-tree';
import { DOCKER_HELP, IMAGE_HELP, MANIFEST_HELP, SYSTEM_HELP } from './docker/group-help';
import { history } from './docker/inspect/history';
import { imageInspect } from './docker/inspect/image-inspect';
import { images } from './docker/images/images';
import { importCommand } from './docker/archive/import';
import { info } from './docker/system/info';
import { inspect } from './docker/inspect/inspect';
import { load } from './docker/archive/load';
import { login } from './docker/registry/login';
import { logout } from './docker/registry/logout';
import { manifestInspect } from './docker/registry/manifest-inspect';
import { prune } from './docker/images/prune';
import { pull } from './docker/registry/pull';
import { push } from './docker/registry/push';
import { remove } from './docker/images/remove';
import { save } from './docker/archive/save';
import { search } from './docker/registry/search';
import { systemDf } from './docker/system/system-df';
import { tag } from './docker/images/tag';
import { version } from './docker/system/version';
import { cat } from './drydock/cat';
import { catalog } from './drydock/catalog';
import { files } from './drydock/files';
import { DRYDOCK_HELP } from './drydock/help';
import { save as drydockSave } from './drydock/save';
import { remote } from './drydock/remote';
import { tags } from './drydock/tags';
import { verify } from './drydock/verify';

/** docker's commands that work on containers, builds, networks and so on. */
const ENGINE_VERBS = [
  ...['attach', 'build', 'builder', 'commit', 'config', 'container', 'context', 'cp', 'create'],
  ...['diff', 'events', 'exec', 'export', 'kill', 'logs', 'network'],
  ...['node', 'pause', 'plugin', 'port', 'ps', 'rename', 'restart', 'rm', 'run', 'secret'],
  ...['service', 'stack', 'start', 'stats', 'stop', 'swarm', 'top', 'trust'],
  ...['unpause', 'update', 'volume', 'wait'],
];

const GROUPS: readonly CommandGroup[] = [
  {
    path: 'docker',
    operands: '[OPTIONS] COMMAND [ARG...]',
    help: DOCKER_HELP,
    engineVerbs: ENGINE_VERBS,
  },
  {
    path: 'docker image',
    operands: '',
    help: IMAGE_HELP,
    engineVerbs: ['build'],
  },
  {
    path: 'docker manifest',
    operands: 'COMMAND',
    help: MANIFEST_HELP,
    bare: `\n${MANIFEST_HELP}`,
    engineVerbs: ['annotate', 'create', 'push', 'rm'],
  },
  {
    path: 'docker system',
    operands: '',
    help: SYSTEM_HELP,
    engineVerbs: ['dial-stdio', 'events', 'prune'],
  },
  { path: 'drydock', operands: '[OPTIONS] COMMAND', help: DRYDOCK_HELP, engineVerbs: [] },
];

/** Every command there is. */
export const COMMANDS = new CommandTree(
  [
    history,
    imageInspect,
    images,
    importCommand,
    info,
    inspect,
    load,
    login,
    logout,
    manifestInspect,
    prune,
    pull,
    push,
    remove,
    save,
    systemDf,
    search,
    tag,
    version,
    cat,
    catalog,
    files,
    drydockSave,
    remote,
    tags,
    verify,
  ],
  GROUPS,
);
