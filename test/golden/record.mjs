/**
 * Records the transcripts of this folder anew from the real pair, docker's client 28.2.2 with engine 20.10:
 *
 *   dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs --data-root DIR/data --exec-root DIR/exec \
 *           -H unix://DIR/docker.sock -p DIR/docker.pid &
 *   DOCKER_HOST=unix://DIR/docker.sock node test/golden/record.mjs [NAME.transcript …]
 *
 * A transcript names its command lines (`$ …`); what they answer is written under them: lines of stdout after `> `, of stderr after `! `
 * (`>~`, `!~`: a last line without a line feed), the exit code after `= `. `$~` is a line whose rows come in an order that the client
 * leaves to chance. Each transcript begins with an engine that holds the images of fixture-images.mjs, and nothing else.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixtureFiles } from './fixture-images.mjs';

const FOLDER = import.meta.dirname;

/** @param {string} text @param {string} mark */
function prefixed(text, mark) {
  if (text === '') return '';
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return [...lines.map((line) => `${mark} ${line}\n`), last === '' ? '' : `${mark}~${last}\n`].join('');
}

/** @param {string} folder */
function resetEngine(folder) {
  const ids = execFileSync('docker', ['images', '-aq'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  if (ids.length > 0) spawnSync('docker', ['rmi', '-f', ...new Set(ids)]);
  execFileSync('docker', ['load', '-i', join(folder, 'fixture.tar')]);
}

/** @param {string} name */
function record(name) {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  for (const [file, bytes] of fixtureFiles()) writeFileSync(join(folder, file), bytes);
  resetEngine(folder);
  const path = join(FOLDER, name);
  const lines = readFileSync(path, 'utf8').split('\n');
  const output = [];
  for (const line of lines) {
    if (/^[>!=]/.test(line)) continue;
    if (line.startsWith('# now: ')) {
      output.push(`# now: ${new Date().toISOString()}\n`);
      continue;
    }
    output.push(`${line}\n`);
    if (!/^\$~? /.test(line)) continue;
    const command = line.replace(/^\$~? /, '');
    const { stdout, stderr, status } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', input: '', env: { ...process.env, TZ: 'UTC' } });
    output.push(prefixed(stdout, '>'), prefixed(stderr, '!'), `= ${String(status)}\n`);
  }
  writeFileSync(path, output.join('').replace(/\n+$/, '\n'));
  rmSync(folder, { recursive: true });
}

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : readdirSync(FOLDER).filter((each) => each.endsWith('.transcript'))) {
  record(name);
}
