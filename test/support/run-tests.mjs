/** `npm test`: every check and every suite, one after the other; ends with one line that counts the tests. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { provideBrowser } from './browser.mjs';

const REPORTS = '.cache/reports';
const CHECKS = ['check:types', 'check:lint', 'check:format', 'check:dead'];
const SUITES = ['node', 'browser', 'e2e', 'interop'];

process.env['DRYDOCK_BROWSER'] = provideBrowser();
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

const failures = [];
const totals = { passed: 0, failed: 0, skipped: 0 };

for (const check of CHECKS) step(check, 'npm', ['run', '--silent', check]);
for (const suite of SUITES) {
  const report = join(REPORTS, `${suite}.json`);
  const args = ['vitest', 'run', '--project', suite, '--reporter=default', '--reporter=json'];
  step(`test ${suite}`, 'npx', [...args, `--outputFile.json=${report}`]);
  count(report);
}

if (failures.length > 0) console.log(`\nfailed: ${failures.join(', ')}`);
if (totals.failed === 0) totals.failed = failures.length;
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exitCode = failures.length > 0 ? 1 : 0;

function step(name, command, args) {
  const start = performance.now();
  console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`── ${name}: ${status === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
  if (status !== 0) failures.push(name);
}

function count(report) {
  const { numPassedTests, numFailedTests, numPendingTests } = readReport(report);
  totals.passed += numPassedTests;
  totals.failed += numFailedTests;
  totals.skipped += numPendingTests;
}

function readReport(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
  }
}
