import { createHash } from 'node:crypto';
import { link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { succeed } from '../program';

/** The digest of bytes as the OCI specs write it. */
export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The part of a digest after its algorithm. */
export function hex(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** A descriptor as JSON. */
export interface StagedDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** An archive in the making: files on disk, put into a tar in the order in which they were added. */
export class StagedArchive {
  private readonly members: string[] = [];

  constructor(private readonly folder: string) {}

  async add(path: string, content: Buffer | string): Promise<void> {
    if (this.members.includes(path)) return;
    await this.makeParent(path);
    await writeFile(join(this.folder, path), content);
    this.members.push(path);
  }

  async addJson(path: string, value: unknown): Promise<void> {
    await this.add(path, JSON.stringify(value));
  }

  /** Puts a blob where an OCI layout has it, and describes it. */
  async addBlob(mediaType: string, content: Buffer | string): Promise<StagedDescriptor> {
    const digest = sha256(content);
    await this.add(`blobs/sha256/${hex(digest)}`, content);
    return { mediaType, digest, size: Buffer.byteLength(content) };
  }

  async addSymlink(path: string, target: string): Promise<void> {
    await this.makeParent(path);
    await symlink(target, join(this.folder, path));
    this.members.push(path);
  }

  /** Two names of one file: tar writes content under the one that comes first. */
  async addHardlink(path: string, existing: string): Promise<void> {
    await this.makeParent(path);
    await link(join(this.folder, existing), join(this.folder, path));
    this.members.push(path);
  }

  read(path: string): Promise<Buffer> {
    return readFile(join(this.folder, path));
  }

  /** Writes the tar, in the order of adding or in another one. */
  async writeTar(
    file: string,
    order: (members: string[]) => string[] = (all) => all,
  ): Promise<void> {
    const flags = ['--format=posix', '--numeric-owner', '--owner=0', '--group=0', '--mtime=@0'];
    const members = order([...this.members]);
    await succeed('tar', [...flags, '--no-recursion', '-cf', file, '-C', this.folder, ...members]);
  }

  private async makeParent(path: string): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true });
  }
}
