import { execFileSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { startServer } from '../../src/proxy/node-server';
import { closeServer, portOf } from './upstream';

declare module 'vitest' {
  interface ProvidedContext {
    readonly appUrl: string;
  }
}

/** Builds the app once and serves it, as `npm start` does, for all end-to-end tests of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // A process of its own: built under vitest's NODE_ENV, it would be a development build.
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync('npx', ['vite', 'build', '--logLevel', 'error'], { env, stdio: 'inherit' });
  const server = await startServer({
    root: 'dist',
    host: '127.0.0.1',
    port: 0,
    allow: process.env['DRYDOCK_PROXY_ALLOW'],
    origins: undefined,
  });
  project.provide('appUrl', `http://127.0.0.1:${portOf(server)}/`);
  return () => closeServer(server);
}
