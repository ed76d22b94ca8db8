/** What the operating system hands over when a file is opened with the installed app. https://wicg.github.io/web-app-launch/ */
interface LaunchQueue {
  setConsumer(
    consumer: (launch: { readonly files: readonly FileSystemFileHandle[] }) => void,
  ): void;
}

/** Calls `open` with the files that the app was started with, now and whenever more come. */
export function onLaunchFiles(open: (files: readonly File[]) => void): void {
  const { launchQueue } = window as Window & { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(({ files }) => {
    void Promise.all(files.map((handle) => handle.getFile())).then((opened) => {
      if (opened.length > 0) open(opened);
    });
  });
}
