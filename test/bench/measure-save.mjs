/* global document, window -- what runs in the page */
import { openApp } from './browser-app.mjs';

const HEAP_EVERY_MS = 50;
const STORE = 'bench';

/**
 * Saves a stored image by typing `docker save` into the console, and downloads one stored Blob of the same size beside it.
 * @param {string} file The archive that the image was loaded from: as a Blob, what the bare download is of.
 * @returns {Promise<{ bare: number, written: number, download: number, file: number, heap: number }>} Seconds until the bytes are on the
 * disk: of the bare download, of the same Blob written through a file handle, of the image as a download, of the image through a file
 * handle; MB by which the page's heap and buffers grew at most meanwhile.
 */
export async function measureSave(url, profile, { file, image }) {
  const { context, page } = await openApp(url, profile);
  try {
    await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    await page.reload();
    const { bare, written } = await bareBlob(page, file);
    const heap = await heapOf(page);
    const command = await typedInConsole(page, `docker save ${image} -o x`);
    const download = await untilDownloaded(page, () => command.press('Enter'));
    // Headless browsers refuse the file dialog: a handle of the origin's own file system takes the place of one of the disk.
    await page.addInitScript(() => {
      window.showSaveFilePicker = async ({ suggestedName }) =>
        (await window.navigator.storage.getDirectory()).getFileHandle(suggestedName, {
          create: true,
        });
    });
    await page.reload();
    const again = await typedInConsole(page, `docker save ${image} -o y`);
    const toFile = await untilWritten(page, () => again.press('Enter'));
    return { bare, written, download, file: toFile, heap: heap.stop() };
  } finally {
    await context.close();
  }
}

/** Stores a file of the disk as one Blob, downloads it by a link, and writes it through a file handle. */
async function bareBlob(page, file) {
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'bench-file';
    document.body.append(input);
  });
  await page.setInputFiles('#bench-file', file);
  await page.evaluate(
    (name) =>
      new Promise((resolve, reject) => {
        const opening = window.indexedDB.open(name);
        opening.onupgradeneeded = () => opening.result.createObjectStore('blobs');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const [blob] = document.querySelector('#bench-file').files;
          const tx = db.transaction('blobs', 'readwrite');
          tx.objectStore('blobs').put(new Blob([blob]), 'blob');
          tx.onerror = () => reject(tx.error);
          tx.oncomplete = () => {
            const getting = db.transaction('blobs').objectStore('blobs').get('blob');
            getting.onsuccess = () => {
              window.benchBlob = getting.result;
              window.benchLink = document.createElement('a');
              window.benchLink.href = URL.createObjectURL(getting.result);
              window.benchLink.download = 'bare';
              db.close();
              resolve();
            };
          };
        };
      }),
    STORE,
  );
  const bare = await untilDownloaded(page, () => page.evaluate(() => window.benchLink.click()));
  const written = await page.evaluate(writeBare);
  await page.evaluate((name) => {
    URL.revokeObjectURL(window.benchLink.href);
    window.indexedDB.deleteDatabase(name);
  }, STORE);
  return { bare, written };
}

/** Runs in the page. */
async function writeBare() {
  const folder = await window.navigator.storage.getDirectory();
  const handle = await folder.getFileHandle('bare', { create: true });
  const begun = performance.now();
  const writable = await handle.createWritable();
  await writable.write(window.benchBlob);
  await writable.close();
  const seconds = (performance.now() - begun) / 1000;
  await folder.removeEntry('bare');
  return seconds;
}

async function untilDownloaded(page, begin) {
  const downloading = page.waitForEvent('download');
  const start = performance.now();
  await begin();
  const download = await downloading;
  await download.path();
  const seconds = (performance.now() - start) / 1000;
  await download.delete();
  return seconds;
}

async function untilWritten(page, begin) {
  const start = performance.now();
  await begin();
  // A file is made empty, and takes its bytes at once.
  await page.evaluate(async () => {
    const folder = await window.navigator.storage.getDirectory();
    for (;;) {
      const handle = await folder.getFileHandle('y').catch(() => undefined);
      if (handle && (await handle.getFile()).size > 0) return;
      await new Promise((done) => setTimeout(done, 10));
    }
  });
  return (performance.now() - start) / 1000;
}

/** The console's line, with a command in it that Enter runs. The app has begun its work by then, as for a person who types. */
async function typedInConsole(page, line) {
  await page.evaluate(async () => {
    window.location.hash = '#/console';
    await window.drydock.ready;
    await window.drydock.run('docker images');
  });
  const command = page.getByRole('textbox', { name: 'Command' });
  await command.fill(line);
  return command;
}

/** Samples the page's heap with its buffers, from now on. */
async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  // Buffers are not on the heap, and are what a save could grow by.
  const used = async () => {
    const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
    return (usedSize + backingStorageSize) / 1e6;
  };
  const before = await used();
  let peak = before;
  const timer = setInterval(() => {
    used().then(
      (now) => (peak = Math.max(peak, now)),
      () => undefined,
    );
  }, HEAP_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return peak - before;
    },
  };
}
