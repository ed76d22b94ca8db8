/** Words that more than one domain uses. */
export const common = {
  appName: 'Drydock',
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
};
