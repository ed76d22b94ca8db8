import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalReference,
  familiarReference,
  parseReference,
  withDefaultTag,
} from '../../../src/oci/reference';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('parseReference', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx', 'nginx'],
    ['nginx:1.27-alpine', 'docker.io/library/nginx:1.27-alpine', 'nginx:1.27-alpine'],
    ['grafana/grafana', 'docker.io/grafana/grafana', 'grafana/grafana'],
    ['docker.io/nginx', 'docker.io/library/nginx', 'nginx'],
    ['index.docker.io/library/nginx:1', 'docker.io/library/nginx:1', 'nginx:1'],
    ['docker.io/library/a/b', 'docker.io/library/a/b', 'library/a/b'],
    ['ghcr.io/acme/api:2', 'ghcr.io/acme/api:2', 'ghcr.io/acme/api:2'],
    ['localhost/api', 'localhost/api', 'localhost/api'],
    ['localhost:5000/api:2', 'localhost:5000/api:2', 'localhost:5000/api:2'],
    ['[::1]:5000/api', '[::1]:5000/api', '[::1]:5000/api'],
    ['a__b/c-d--e.f', 'docker.io/a__b/c-d--e.f', 'a__b/c-d--e.f'],
    [`nginx@${DIGEST}`, `docker.io/library/nginx@${DIGEST}`, `nginx@${DIGEST}`],
    [`nginx:1@${DIGEST}`, `docker.io/library/nginx:1@${DIGEST}`, `nginx:1@${DIGEST}`],
  ])('reads %s', (text, canonical, familiar) => {
    const reference = parseReference(text);
    expect(canonicalReference(reference)).toBe(canonical);
    expect(familiarReference(reference)).toBe(familiar);
  });

  it.each([
    ['', 'invalid reference format'],
    ['a b', 'invalid reference format'],
    ['-nginx', 'invalid reference format'],
    ['nginx:', 'invalid reference format'],
    [`nginx:${'x'.repeat(129)}`, 'invalid reference format'],
    ['nginx@sha256:abc', 'invalid reference format'],
    ['a//b', 'invalid reference format'],
    ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
    ['ghcr.io/Acme/api', 'invalid reference format: repository name (Acme/api) must be lowercase'],
    [
      'a'.repeat(64),
      `invalid repository name (${'a'.repeat(64)}), cannot specify 64-byte hexadecimal strings`,
    ],
    [`a/${'b'.repeat(260)}`, 'repository name must not be more than 255 characters'],
  ])('refuses %j in docker’s words', (text, message) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ message }));
  });

  it('takes a tag of 128 characters', () => {
    expect(parseReference(`nginx:${'x'.repeat(128)}`).tag).toHaveLength(128);
  });

  it('reads back what it wrote', () => {
    const host = fc.constantFrom('docker.io', 'ghcr.io', 'localhost:5000', 'quay.io:443');
    // No dot in the first component: docker's short form of docker.io/a.b/c reads as the registry a.b.
    const component = fc.stringMatching(/^[a-z0-9]{1,8}([_-][a-z0-9]{1,4})?$/);
    const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/), { nil: '' });
    fc.assert(
      fc.property(host, fc.array(component, { minLength: 1, maxLength: 3 }), tag, (h, path, t) => {
        const reference = parseReference(`${h}/${path.join('/')}${t && `:${t}`}`);
        expect(parseReference(canonicalReference(reference))).toEqual(reference);
        expect(parseReference(familiarReference(reference))).toEqual(reference);
      }),
    );
  });
});

/** https://github.com/distribution/reference/blob/v0.6.0/reference.go, production by production. */
describe('the grammar of references', () => {
  const alnum = '[a-z0-9]{1,6}';
  const component = fc.stringMatching(new RegExp(`^${alnum}((\\.|_|__|-{1,3})${alnum}){0,2}$`));
  const label = fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,5}[a-zA-Z0-9])?$/);
  const dotted = fc.array(label, { minLength: 2, maxLength: 3 }).map((labels) => labels.join('.'));
  const port = fc.option(
    fc.nat({ max: 99_999 }).map((number) => `:${number}`),
    { nil: '' },
  );
  const host = fc.tuple(
    fc.oneof(dotted, fc.constantFrom('localhost', '[::1]', '[fe80::A1]', 'Host')),
    port,
  );
  const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
  const digest = fc.stringMatching(/^sha256:[0-9a-f]{64}$/);
  const reference = fc
    .tuple(
      fc.option(
        host.map(([name, number]) => `${name}${number}/`),
        { nil: '' },
      ),
      fc.array(component, { minLength: 1, maxLength: 3 }),
      fc.option(
        tag.map((text) => `:${text}`),
        { nil: '' },
      ),
      fc.option(
        digest.map((text) => `@${text}`),
        { nil: '' },
      ),
    )
    .map(
      ([registry, path, tagged, digested]) => `${registry}${path.join('/')}${tagged}${digested}`,
    );

  it('takes what it makes, and its canonical form means the same', () => {
    fc.assert(
      fc.property(reference, (text) => {
        const parsed = parseReference(text);
        expect(parseReference(canonicalReference(parsed))).toEqual(parsed);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes nothing with a character that no production has', () => {
    const foreign = fc.constantFrom(...Array.from(' \t\n!"#$%&\'()*+,;<=>?\\^`{|}~é'));
    fc.assert(
      fc.property(reference, foreign, fc.nat(), (text, character, at) => {
        const place = at % (text.length + 1);
        const bad = text.slice(0, place) + character + text.slice(place);
        // Algorithms of digests may have a plus sign, and are then unknown.
        expect(() => parseReference(bad)).toThrow(
          expect.objectContaining({ code: 'bad-reference' }),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('never fails but with docker’s words', () => {
    const part = fc.constantFrom(...['a', 'A', '1', '.', '_', '-', '/', ':', '@', '[', ']', 'é']);
    const text = fc.array(fc.oneof(part, component, digest, tag), { maxLength: 8 });
    fc.assert(
      fc.property(text, (parts) => {
        try {
          parseReference(parts.join(''));
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-reference' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('withDefaultTag', () => {
  it('adds latest where neither tag nor digest is given', () => {
    expect(withDefaultTag(parseReference('nginx')).tag).toBe('latest');
    expect(withDefaultTag(parseReference('nginx:1')).tag).toBe('1');
    expect(withDefaultTag(parseReference(`nginx@${DIGEST}`)).tag).toBeUndefined();
  });
});
