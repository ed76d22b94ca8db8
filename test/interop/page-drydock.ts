import { expect } from 'vitest';
import type { App } from '../support/app';
import { openApp } from '../support/app';
import { runWithFile, type CommandOutcome } from '../support/page-files';
import type { ListedEntry } from './tar-listing';

/** Drydock as people have it: the built app in a real browser, with its workers and its storage on disk. */
export class PageDrydock {
  private constructor(private readonly app: App) {}

  static async open(): Promise<PageDrydock> {
    return new PageDrydock(await openApp());
  }

  /** `docker load` of a file on disk. */
  load(path: string): Promise<CommandOutcome> {
    return runWithFile(this.app.page, 'docker load -i file.tar', path);
  }

  /** Milliseconds since 1970 are what "2 weeks ago" counts from. */
  run(line: string, now = Date.now()): Promise<CommandOutcome> {
    return this.app.page.evaluate(
      async ([line, now]) => {
        const options = { now: new Date(now) };
        const { exitCode, stdout, stderr } = await window.drydock.run(line, options);
        return { exitCode, stdout, stderr };
      },
      [line, now] as const,
    );
  }

  /** `drydock files`: the merged filesystem. */
  async files(image: string): Promise<readonly ListedEntry[]> {
    const result = await this.run(`drydock files --format json ${image}`);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    return JSON.parse(result.stdout) as readonly ListedEntry[];
  }

  /** SHA-256 of what `drydock cat` writes, as hex digits, or why it wrote nothing; by path. */
  contentHashes(
    image: string,
    paths: readonly string[],
  ): Promise<Readonly<Record<string, string>>> {
    return this.app.page.evaluate(
      async ([image, paths]) => {
        const hashes: Record<string, string> = {};
        for (const path of paths) {
          const quoted = `'${path.replaceAll("'", String.raw`'\''`)}'`;
          const { stderr, files } = await window.drydock.run(
            `drydock cat ${image} ${quoted} > content`,
          );
          const content = await files['content']?.arrayBuffer();
          const hash = content && new Uint8Array(await crypto.subtle.digest('SHA-256', content));
          hashes[path] = hash
            ? Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
            : stderr;
        }
        return hashes;
      },
      [image, paths] as const,
    );
  }

  /** Removes every image; nothing at all must be left of them. */
  async empty(): Promise<void> {
    const { stdout } = await this.run('docker images --quiet --no-trunc');
    const ids = new Set(stdout.split('\n').filter((id) => id !== ''));
    if (ids.size > 0) {
      const removed = await this.run(`docker rmi --force ${[...ids].join(' ')}`);
      expect(removed).toMatchObject({ exitCode: 0, stderr: '' });
    }
    const verified = await this.run('drydock verify --format json');
    expect(JSON.parse(verified.stdout)).toEqual({ blobs: 0, bytes: 0, problems: [] });
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
