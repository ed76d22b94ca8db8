import { statSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRequired, whyNoPeers } from '../interop/peers';
import { startDockerHub, type DockerHub, type ServedApp } from '../servers/docker-hub';
import { pushLayout } from '../servers/push-images';
import { TOKEN_USER } from '../servers/token-server';
import { openApp, type App } from '../support/app';
import { buildImage, LayoutBuilder } from '../support/archive-builder';
import { answerSaveDialog, writeTestFile } from '../support/page-files';

const why = whyNoPeers();
if (why !== undefined) {
  if (isRequired) throw new Error(`docker's commands in the console cannot be tested: ${why}`);
  console.log(`e2e: docker's commands in the console are not tested: ${why}`);
}

const PROMPT = '[root@docker-server ~]#';
const NAMES = ['nginx', 'centos', 'hello-world'];
const IMAGES = new Map(
  NAMES.map((name) => [
    name,
    buildImage({
      layers: [[{ path: name, content: name }]],
      config: {
        history: [
          { created: '2026-01-02T03:04:05Z', created_by: `ADD ${name} in /` },
          { created: '2026-01-02T03:04:06Z', created_by: 'CMD ["/bin/bash"]', empty_layer: true },
        ],
      },
    }),
  ]),
);
const SHORT_IDS = new Map([...IMAGES].map(([name, { imageId }]) => [name, imageId.slice(7, 19)]));
const CENTOS_ID = SHORT_IDS.get('centos') ?? '';

/** A first tour of docker's image commands: search, pull, ls, tag, inspect, history, save, load, rm. */
describe.skipIf(why !== undefined)('a tour of docker’s image commands, in the console', () => {
  let hub: DockerHub;
  let served: ServedApp;
  let app: App;
  let page: Page;
  let command: Locator;
  let entries: Locator;

  beforeAll(async () => {
    hub = await startDockerHub();
    for (const [name, built] of IMAGES) {
      const layout = new LayoutBuilder();
      const platform = { os: 'linux', architecture: 'amd64' };
      const items = layout.items([layout.index([layout.image(built, { platform })])]);
      await pushLayout(hub.registry, items, `library/${name}:latest`, { user: TOKEN_USER });
    }
    served = await hub.serveApp();
    app = await openApp({ route: '#/console', url: served.url, isOffTheNet: true });
    page = app.page;
    await app.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    command = page.getByRole('textbox', { name: 'Command' });
    entries = page.getByRole('log').locator('section');
    await command.waitFor();
    await answerSaveDialog(page);
  });
  afterAll(async () => {
    await app.close();
    await served.stop();
    await hub.stop();
  });

  /** What is printed for the entry at `index`, once the command is done. */
  const answer = async (index: number): Promise<readonly string[]> => {
    await entries.nth(index).waitFor();
    // One of the command, and one of the file that it asks for.
    const cancel = page.getByRole('button', { name: 'Cancel', exact: true });
    await cancel.first().waitFor({ state: 'detached' });
    const chunks = await entries.nth(index).locator('.output').allTextContents();
    return chunks.join('\n').replace(/\n$/, '').split('\n');
  };
  const type = async (line: string): Promise<readonly string[]> => {
    const before = await entries.count();
    await command.fill(line);
    await command.press('Enter');
    return answer(before);
  };
  const paste = async (text: string): Promise<void> => {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await command.focus();
    await page.keyboard.press('Control+v');
  };

  it('docker search centos', async () => {
    expect(await type('docker search centos')).toEqual([
      'NAME             DESCRIPTION                                 STARS     OFFICIAL',
      'centos           DEPRECATED; The official build of CentOS.   7860      [OK]',
      'centos/systemd   systemd enabled base container.             120       ',
    ]);
  });

  it('docker pull nginx, centos and hello-world, pasted in one block with comment and prompts', async () => {
    const before = await entries.count();
    const lines = NAMES.map((name) => `${PROMPT} docker pull ${name}`);
    await paste(['## 下载nginx、centos、hello-world镜像', ...lines].join('\n'));
    const line = (): Promise<string> => command.inputValue();
    await expect.poll(line, { timeout: 30_000 }).toBe('docker pull hello-world');
    await command.press('Enter');
    for (const [i, name] of NAMES.entries()) {
      const lines = await answer(before + i);
      expect(lines.filter((line) => !/^[0-9a-f]{12}: /.test(line))).toEqual([
        'Using default tag: latest',
        `latest: Pulling from library/${name}`,
        expect.stringMatching(/^Digest: sha256:[0-9a-f]{64}$/),
        `Status: Downloaded newer image for ${name}:latest`,
        `docker.io/library/${name}:latest`,
      ]);
    }
  });

  it('docker image ls', async () => {
    const [heading, ...rows] = await type('docker image ls');
    expect(heading).toMatch(/^REPOSITORY {4}TAG {7}IMAGE ID {7}CREATED {8,}SIZE$/);
    for (const name of NAMES) {
      expect(rows).toContainEqual(
        expect.stringMatching(
          new RegExp(`^${name} +latest +${SHORT_IDS.get(name) ?? ''} +.* ago +\\d+B$`),
        ),
      );
    }
  });

  it('docker tag, then docker images', async () => {
    expect(await type('docker tag centos:latest mycentos:latest')).toEqual(['']);
    const rows = await type('docker images');
    for (const name of ['centos', 'mycentos']) {
      expect(rows).toContainEqual(
        expect.stringMatching(new RegExp(`^${name} +latest +${CENTOS_ID} `)),
      );
    }
  });

  it('docker inspect, with a blank at its end', async () => {
    const lines = await type('docker inspect centos:latest ');
    expect(lines.slice(0, 6)).toEqual([
      '[',
      '    {',
      `        "Id": "${IMAGES.get('centos')?.imageId ?? ''}",`,
      '        "RepoTags": [',
      '            "centos:latest",',
      '            "mycentos:latest"',
    ]);
  });

  it('docker history', async () => {
    const [heading, top, below, ...rest] = await type('docker history centos:latest ');
    expect(heading).toMatch(/^IMAGE {10}CREATED {8,}CREATED BY +SIZE {6}COMMENT$/);
    expect(top).toMatch(new RegExp(`^${CENTOS_ID} +.* ago +CMD \\["/bin/bash"\\] +0B +$`));
    expect(below).toMatch(/^<missing> +.* ago +ADD centos in \/ +6B +$/);
    expect(rest).toEqual([]);
  });

  it('docker image save, by -o and by >, and docker image load, by -i and by <', async () => {
    for (const line of [
      'docker image save centos:latest -o /opt/centos.tar.gz',
      'docker image save centos:latest > /opt/centos-1.tar.gz',
    ]) {
      await type(line);
      await entries.last().getByText('Saved').waitFor();
    }
    const [saved, second] = await Promise.all(
      ['centos.tar.gz', 'centos-1.tar.gz'].map((name) => savedFile(page, name)),
    );
    expect(saved?.equals(second ?? Buffer.of())).toBe(true);
    const file = await writeTestFile('centos.tar.gz', saved ?? Buffer.of());
    expect(statSync(file.path).size).toBeGreaterThan(1024);
    for (const line of [
      'docker image load -i /opt/centos.tar.gz ',
      'docker image load < /opt/centos.tar.gz ',
    ]) {
      const chooser = page.waitForEvent('filechooser');
      const printed = type(line);
      await (await chooser).setFiles(file.path);
      expect(await printed).toEqual(['Loaded image: centos:latest']);
    }
    await file.remove();
  });

  it('docker image rm, of a name, and of an ID, which two names keep', async () => {
    const lines = await type('docker image rm nginx:latest ');
    expect(lines.slice(0, 3)).toEqual([
      'Untagged: nginx:latest',
      expect.stringMatching(/^Untagged: nginx@sha256:[0-9a-f]{64}$/),
      `Deleted: ${IMAGES.get('nginx')?.imageId ?? ''}`,
    ]);
    expect(await type(`docker image rm ${CENTOS_ID}`)).toEqual([
      `Error response from daemon: conflict: unable to delete ${CENTOS_ID} (must be forced) - image is referenced in multiple repositories`,
    ]);
    await paste('# docker image rm centos:latest mycentos:latest\n');
    await expect
      .poll(() => command.inputValue())
      .toBe('docker image rm centos:latest mycentos:latest');
    const before = await entries.count();
    await command.press('Enter');
    const removed = await answer(before);
    expect(removed[0]).toBe('Untagged: centos:latest');
    expect(removed).toContain('Untagged: mycentos:latest');
    expect(removed).toContain(`Deleted: ${IMAGES.get('centos')?.imageId ?? ''}`);
    expect(await type('docker image rm nginx:latest')).toEqual([
      'Error response from daemon: No such image: nginx:latest',
    ]);
    expect(await type('docker image ls -q  # what is left')).toEqual([
      SHORT_IDS.get('hello-world'),
    ]);
  });

  it('comments, and what is no command of docker’s', async () => {
    expect(await type('## 列出本地所有镜像')).toEqual(['']);
    expect(await type('ll /opt/centos.tar.gz ')).toEqual(['ll: command not found']);
  });
});

async function savedFile(page: Page, name: string): Promise<Buffer> {
  const bytes = await page.evaluate(async (wanted) => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle(wanted)).getFile();
    return [...new Uint8Array(await file.arrayBuffer())];
  }, name);
  return Buffer.from(bytes);
}
