import { describe, expect, it } from 'vitest';
import { dockerWords } from '../../../src/registry/http/docker-words';

const said = (status: number, body: string, statusText = ''): string =>
  dockerWords({ status, statusText, body });
const error = (code: string, message: string, detail?: unknown): string =>
  JSON.stringify({ errors: [{ code, message, detail }] });

/** What the engine prints is compared with it itself in the interoperability tests. */
describe('a refusal in the words of docker', () => {
  it.each([
    ['its sentence', error('DENIED', 'requested access to the resource is denied'), 'denied'],
    ['none', error('MANIFEST_UNKNOWN', ''), 'manifest unknown'],
    [
      'its sentence and no more in detail',
      error('NAME_UNKNOWN', 'repository name not known to registry', null),
      'name unknown',
    ],
    [
      'its sentence and details',
      error('MANIFEST_UNKNOWN', 'manifest unknown', { Tag: '1' }),
      'manifest unknown: manifest unknown',
    ],
    ['a sentence of its own', error('DENIED', 'no way'), 'denied: no way'],
    ['a code that is not known', error('BAD_POLICY', 'it is bad'), 'unknown: it is bad'],
    ['neither code nor sentence', '{"errors":[{}]}', 'unknown'],
  ])('is the code alone where that says it all: of an error with %s', (_, body, words) => {
    expect(said(403, body)).toBe(words);
  });

  it('has each of several errors on a line', () => {
    const errors = [
      { code: 'DENIED', message: 'a' },
      { code: 'UNSUPPORTED', message: 'The operation is unsupported.' },
    ];
    expect(said(400, JSON.stringify({ errors }))).toBe('errors:\ndenied: a\nunsupported');
  });

  it.each([
    ['', 'unexpected end of JSON input', '""'],
    ['{"errors":', 'unexpected end of JSON input', String.raw`"{\"errors\":"`],
    ['Forbidden', "invalid character 'F' looking for beginning of value", '"Forbidden"'],
    [
      '404 page not found\n',
      "invalid character 'p' after top-level value",
      String.raw`"404 page not found\n"`,
    ],
    ['not found', "invalid character 'o' in literal null (expecting 'u')", '"not found"'],
    ['{}', 'no error details found in HTTP response body', '"{}"'],
    [
      '[]',
      'json: cannot unmarshal array into Go value of type struct { Errors []errcode.Error }',
      '"[]"',
    ],
  ])('says of %j what is wrong with it', (body, problem, quoted) => {
    expect(said(404, body)).toBe(`error parsing HTTP 404 response body: ${problem}: ${quoted}`);
  });

  it('is the status of a server that fails, whatever it says', () => {
    const failed = 'received unexpected HTTP status: ';
    expect(said(500, error('UNKNOWN', 'disk'))).toBe(`${failed}500 Internal Server Error`);
    expect(said(503, '', 'Out Of Order')).toBe(`${failed}503 Out Of Order`);
    expect(said(599, '')).toBe(`${failed}599`);
  });

  it('asks for a login where it is asked for one without words', () => {
    expect(said(401, '')).toBe('unauthorized: authentication required');
    expect(said(401, '{"details":"wrong password"}')).toBe('unauthorized: wrong password');
  });
});
