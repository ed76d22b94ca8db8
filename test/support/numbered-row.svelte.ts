import { createRawSnippet } from 'svelte';

/** A row of a list that says its index, whatever index it is given in its life. */
export function numberedRow(height: number): ReturnType<typeof createRawSnippet<[number]>> {
  return createRawSnippet((index: () => number) => ({
    render: () => `<div class="row" style="block-size: ${height}px"></div>`,
    setup: (element) => {
      $effect(() => {
        element.textContent = `row ${index()}`;
      });
    },
  }));
}
