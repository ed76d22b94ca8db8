import { describe, expect, it } from 'vitest';
import { RepositorySearch } from '../../../src/app/registry/repository-search.svelte';

function searchFor(text: string): RepositorySearch {
  const search = new RepositorySearch(() => Promise.reject(new Error('nothing is asked')));
  search.text = text;
  return search;
}

describe('the command of a search', () => {
  it('asks Docker Hub for as many as the page shows', () => {
    expect(searchFor(' redis ').command).toBe('docker search --limit 50 redis');
    expect(searchFor('two words').command).toBe("docker search --limit 50 'two words'");
  });

  it('has what the list is filtered by', () => {
    const search = searchFor('redis');
    search.officialOnly = true;
    search.leastStars = 100;
    expect(search.command).toBe(
      'docker search --filter is-official=true --filter stars=100 --limit 50 redis',
    );
  });

  it('lists another registry, whose names no command filters', () => {
    const search = searchFor('');
    search.registry = 'nas.test:5000';
    expect(search.command).toBe('drydock catalog nas.test:5000');
    search.text = 'team';
    expect(search.command).toBeUndefined();
  });

  it('is none of what is not sent to Docker Hub', () => {
    expect(searchFor('').command).toBeUndefined();
    expect(searchFor('nas.test:5000/UPPER').command).toBeUndefined();
  });
});
