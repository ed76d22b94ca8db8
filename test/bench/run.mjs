/**
 * `npm run bench`: how fast, and in how much memory, the app does its work, each figure beside native programs in the same run.
 *
 * A scenario is a module of scenarios/: `name`, and `measure({ url, rounds })`, which resolves to rows of the report (`line` and `ratio` of
 * report.mjs). Archives are made once, in .cache/bench.
 *   -- --only NAME[,NAME…]  those alone
 *   -- --rounds N           how many runs a median is of
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CACHE } from './archives.mjs';
import { serveApp } from './browser-app.mjs';
import { machine, table } from './report.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
  },
});
const rounds = Number(values.rounds);
const only = values.only?.split(',');

const files = readdirSync(new URL('scenarios/', import.meta.url)).sort();
const all = await Promise.all(files.map((file) => import(`./scenarios/${file}`)));
const unknown = only?.filter((name) => !all.some((scenario) => scenario.name === name)) ?? [];
if (unknown.length > 0 || !(rounds > 0)) {
  console.error(`--only takes ${all.map(({ name }) => name).join(', ')}; --rounds a number.`);
  process.exit(2);
}
const chosen = all.filter(({ name }) => !only || only.includes(name));

const app = await serveApp();
const rows = [];
for (const { name, measure } of chosen) {
  console.log(`measuring ${name} …`);
  try {
    rows.push(...(await measure({ url: app.url, rounds })));
  } catch (error) {
    console.error(error);
    rows.push([name, 'failed', '', error.message.split('\n')[0]]);
    process.exitCode = 1;
  }
}
app.close();

const head = table(['what', 'figure', 'bar', ''], rows);
const report = `${head}\n\nMedians of ${rounds} on ${machine()}.\n`;
console.log(`\n${report}`);
if (!only) writeFileSync(join(CACHE, 'report.md'), report);
