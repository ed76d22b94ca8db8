import { CodedError } from '../base/errors';

export type OciErrorCode =
  'bad-digest' | 'bad-reference' | 'bad-json' | 'json-too-large' | 'json-too-deep' | 'bad-document';

/** What a text or document from outside has against it. */
export class OciError extends CodedError<OciErrorCode> {}
