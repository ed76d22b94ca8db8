import { quote, unquote } from '../../base/go-quote';
import type { Token } from './lexer';
import type { Node } from './nodes';
import { PipelineParser } from './pipeline-parser';
import { TokenCursor } from './token-cursor';

export interface ParsedTemplate {
  readonly root: readonly Node[];
  /** Bodies of `define` and `block` by name. */
  readonly definitions: ReadonlyMap<string, readonly Node[]>;
}

/** What ends a list of nodes, beside the end of the text. */
interface ListEnd {
  readonly kind: 'end' | 'else';
  /** What follows an `else` in the same action: `else if`, `else with`. */
  readonly chained?: 'if' | 'with';
  readonly at: number;
}

/**
 * Parses a template, as Go 1.24's text/template does. `functions` are the names that it may call. Throws `parse` in Go's words.
 * https://github.com/golang/go/blob/go1.24.3/src/text/template/parse/parse.go
 */
export function parseTemplate(text: string, functions: ReadonlySet<string>): ParsedTemplate {
  return new Parser(text, functions).parse();
}

/** The name of a template as a whole. */
const ROOT = '';

class Parser {
  readonly #cursor: TokenCursor;
  readonly #pipelines: PipelineParser;
  readonly #definitions = new Map<string, readonly Node[]>();
  #rangeDepth = 0;

  constructor(text: string, functions: ReadonlySet<string>) {
    this.#cursor = new TokenCursor(text);
    this.#pipelines = new PipelineParser(this.#cursor, functions);
  }

  parse(): ParsedTemplate {
    const root: Node[] = [];
    while (this.#cursor.peek().kind !== 'eof') {
      const item = this.#textOrAction(true);
      if (item === undefined) continue;
      if (isListEnd(item)) this.#cursor.fail(`unexpected {{${item.kind}}}`);
      root.push(item);
    }
    // A definition without a name is one of the whole template.
    this.#keep(ROOT, root);
    return { root: this.#definitions.get(ROOT) ?? root, definitions: this.#definitions };
  }

  /** Nodes up to `end` or `else`. */
  #list(): { readonly nodes: readonly Node[]; readonly end: ListEnd } {
    return this.#cursor.nested(() => this.#readList());
  }

  #readList(): { readonly nodes: readonly Node[]; readonly end: ListEnd } {
    const nodes: Node[] = [];
    while (this.#cursor.peekNonSpace().kind !== 'eof') {
      const item = this.#textOrAction(false);
      if (item === undefined) continue;
      if (isListEnd(item)) return { nodes, end: item };
      nodes.push(item);
    }
    return this.#cursor.fail('unexpected EOF');
  }

  /** Undefined for a definition, which leaves nothing in its place. */
  #textOrAction(mayDefine: boolean): Node | ListEnd | undefined {
    const token = this.#cursor.nextNonSpace();
    if (token.kind === 'text') return { kind: 'text', text: token.text, at: token.at };
    if (token.kind !== 'left') return this.#cursor.unexpected(token, 'input');
    this.#cursor.actionLine = token.line;
    const item = this.#action(mayDefine);
    this.#cursor.actionLine = 0;
    return item;
  }

  #action(mayDefine: boolean): Node | ListEnd | undefined {
    const token = this.#cursor.nextNonSpace();
    if (token.kind === 'keyword') {
      switch (token.text) {
        case 'if':
        case 'with':
        case 'range':
          return this.#control(token.text);
        case 'else':
          return this.#else();
        case 'end':
          return { kind: 'end', at: this.#cursor.expect('right', 'end').at };
        case 'break':
        case 'continue':
          return this.#jump(token.text, token);
        case 'template':
          return this.#template();
        case 'block':
          return this.#block();
        default:
          if (!mayDefine) this.#cursor.unexpected(token, 'command');
          this.#define();
          return undefined;
      }
    }
    this.#cursor.back();
    const { at } = this.#cursor.peek();
    return { kind: 'action', pipeline: this.#pipelines.parse('command', 'right'), at };
  }

  #else(): ListEnd {
    const next = this.#cursor.peekNonSpace();
    if (next.kind === 'keyword' && (next.text === 'if' || next.text === 'with')) {
      return { kind: 'else', chained: next.text, at: next.at };
    }
    return { kind: 'else', at: this.#cursor.expect('right', 'else').at };
  }

  #jump(kind: 'break' | 'continue', { at }: Token): Node {
    const token = this.#cursor.nextNonSpace();
    if (token.kind !== 'right') this.#cursor.unexpected(token, `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#cursor.fail(`{{${kind}}} outside {{range}}`);
    return { kind, at };
  }

  #control(kind: 'if' | 'with' | 'range'): Node {
    const mark = this.#pipelines.variables.length;
    const pipeline = this.#pipelines.parse(kind, 'right');
    if (kind === 'range') this.#rangeDepth++;
    const { nodes: body, end } = this.#list();
    if (kind === 'range') this.#rangeDepth--;
    const otherwise = end.kind === 'else' ? this.#otherwise(kind, end) : undefined;
    this.#pipelines.variables.length = mark;
    return { kind, pipeline, body, otherwise, at: pipeline.at };
  }

  #otherwise(kind: 'if' | 'with' | 'range', end: ListEnd): readonly Node[] {
    // `{{if a}}_{{else if b}}_{{end}}` is `{{if a}}_{{else}}{{if b}}_{{end}}{{end}}`, with one end for both.
    if (end.chained !== undefined && end.chained === kind) {
      this.#cursor.nextNonSpace();
      const { chained } = end;
      return [this.#cursor.nested(() => this.#control(chained))];
    }
    const { nodes, end: last } = this.#list();
    if (last.kind !== 'end') this.#cursor.fail(`expected end; found {{${last.kind}}}`);
    return nodes;
  }

  #template(): Node {
    const context = 'template clause';
    const token = this.#cursor.nextNonSpace();
    const name = this.#name(token, context);
    if (this.#cursor.nextNonSpace().kind === 'right') {
      return { kind: 'template', name, pipeline: undefined, at: token.at };
    }
    this.#cursor.back();
    return {
      kind: 'template',
      name,
      pipeline: this.#pipelines.parse(context, 'right'),
      at: token.at,
    };
  }

  #block(): Node {
    const context = 'block clause';
    const token = this.#cursor.nextNonSpace();
    const name = this.#name(token, context);
    const pipeline = this.#pipelines.parse(context, 'right');
    this.#definition(name, context);
    return { kind: 'template', name, pipeline, at: token.at };
  }

  #define(): void {
    const context = 'define clause';
    this.#cursor.actionLine = 0;
    const name = this.#name(this.#cursor.nextNonSpace(), context);
    this.#cursor.expect('right', context);
    this.#definition(name, context);
  }

  /** The body of a definition, which sees no variables but its own `$`. */
  #definition(name: string, context: string): void {
    const [variables, rangeDepth] = [this.#pipelines.variables, this.#rangeDepth];
    [this.#pipelines.variables, this.#rangeDepth] = [['$'], 0];
    this.#cursor.actionLine = 0;
    const { nodes, end } = this.#list();
    if (end.kind !== 'end') this.#cursor.fail(`unexpected {{${end.kind}}} in ${context}`);
    [this.#pipelines.variables, this.#rangeDepth] = [variables, rangeDepth];
    this.#keep(name, nodes);
  }

  #keep(name: string, nodes: readonly Node[]): void {
    const known = this.#definitions.get(name);
    if (known && !isBlank(known) && !isBlank(nodes)) {
      this.#cursor.fail(`template: multiple definition of template ${quote(name)}`);
    }
    if (!known || isBlank(known)) this.#definitions.set(name, nodes);
  }

  #name(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'raw string')
      this.#cursor.unexpected(token, context);
    return unquote(token.text) ?? this.#cursor.fail('invalid syntax');
  }
}

function isListEnd(item: Node | ListEnd): item is ListEnd {
  return item.kind === 'end' || item.kind === 'else';
}

function isBlank(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
