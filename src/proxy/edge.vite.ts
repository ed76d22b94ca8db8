import { defineConfig } from 'vite';

/** `npm run build:edge`: the entry for an edge runtime as one module, in dist-edge/. workerd.capnp runs it. */
export default defineConfig({
  publicDir: false,
  // The runtime is neither a browser nor Node: what a package has for workers is taken, and all of it bundled.
  ssr: { target: 'webworker', noExternal: true },
  build: {
    ssr: 'src/proxy/edge.ts',
    outDir: 'dist-edge',
    target: 'es2022',
    rolldownOptions: { output: { entryFileNames: 'edge.js', codeSplitting: false } },
  },
});
