/** The id of the tab for a value, for the `aria-labelledby` of the panel that it switches. */
export function tabId(panel: string, value: string): string {
  return `${panel}-tab-${value}`;
}
