/** The file types that the installed app offers to open. Archives are recognised by content: the endings are only what systems go by. */
const ARCHIVE_TYPES = {
  'application/x-tar': ['.tar'],
  'application/gzip': ['.tgz', '.tar.gz', '.gz'],
  'application/zstd': ['.tzst', '.tar.zst', '.zst'],
  'application/x-xz': ['.txz', '.tar.xz', '.xz'],
  'application/x-bzip2': ['.tbz2', '.tar.bz2', '.bz2'],
};

/** The web app manifest. https://www.w3.org/TR/appmanifest/ */
export const manifest = {
  id: './',
  name: 'Drydock',
  short_name: 'Drydock',
  description: 'Look inside container images: no engine, offline, nothing uploaded',
  start_url: './#/images',
  scope: './',
  display: 'standalone' as const,
  background_color: '#0d1316',
  theme_color: '#0a4d62',
  categories: ['developer', 'utilities'],
  icons: [
    { src: 'logo.svg', sizes: 'any', type: 'image/svg+xml' },
    { src: 'icons/icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: 'icons/icon-512.png', sizes: '512x512', type: 'image/png' },
    // Opaque to its edges, for systems that cut icons to a shape of theirs.
    {
      src: 'icons/maskable-512.png',
      sizes: '512x512',
      type: 'image/png',
      purpose: 'maskable' as const,
    },
  ],
  // What an installer shows beforehand; taken by `npm run pictures`.
  screenshots: [
    {
      src: 'screenshots/wide.png',
      sizes: '1280x800',
      type: 'image/png',
      form_factor: 'wide' as const,
      label: 'The files of an image, with a preview of one',
    },
    {
      src: 'screenshots/narrow.png',
      sizes: '390x844',
      type: 'image/png',
      form_factor: 'narrow' as const,
      label: 'The files of an image on a phone',
    },
  ],
  file_handlers: [{ action: './', accept: ARCHIVE_TYPES }],
  launch_handler: { client_mode: 'focus-existing' as const },
};
