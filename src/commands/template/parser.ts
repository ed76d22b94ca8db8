import { TemplateError } from './errors';
import { quote, unquote } from './go-quote';
import { lexTemplate, type Token, type TokenKind } from './lexer';
import { printOperand, type Command, type Node, type Operand, type Pipeline } from './nodes';
import { parseNumber } from './number';
import { printToken, STARTS_COMMAND } from './token-text';

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

const MAX_NESTING = 500;
const END_OF_TEXT: Token = { kind: 'eof', text: '', at: 0, line: 1 };

/**
 * Parses a template, as Go 1.24's text/template does. `functions` are the names that it may call. Throws `parse` in Go's words.
 * https://github.com/golang/go/blob/go1.24.3/src/text/template/parse/parse.go
 */
export function parseTemplate(text: string, functions: ReadonlySet<string>): ParsedTemplate {
  return new Parser(text, functions).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #functions: ReadonlySet<string>;
  readonly #definitions = new Map<string, readonly Node[]>();
  #variables: string[] = ['$'];
  #rangeDepth = 0;
  /** Lists of nodes and parentheses that are open. */
  #nesting = 0;
  #at = 0;
  /** The last token read from the text, whether given back since or not: Go's errors name its line. */
  #furthest = 0;
  #actionLine = 0;

  constructor(text: string, functions: ReadonlySet<string>) {
    this.#tokens = lexTemplate(text);
    this.#functions = functions;
  }

  parse(): ParsedTemplate {
    const root: Node[] = [];
    while (this.#peek().kind !== 'eof') {
      const item = this.#textOrAction(true);
      if (item === undefined) continue;
      if (isListEnd(item)) this.#fail(`unexpected {{${item.kind}}}`);
      root.push(item);
    }
    return { root, definitions: this.#definitions };
  }

  #next(): Token {
    const token = this.#tokens[this.#at] ?? this.#tokens.at(-1) ?? END_OF_TEXT;
    if (this.#at < this.#tokens.length) this.#at++;
    this.#furthest = Math.max(this.#furthest, this.#at);
    return token;
  }

  #peek(): Token {
    const token = this.#next();
    this.#at--;
    return token;
  }

  #nextNonSpace(): Token {
    for (;;) {
      const token = this.#next();
      if (token.kind !== 'space') return token;
    }
  }

  #peekNonSpace(): Token {
    const token = this.#nextNonSpace();
    this.#at--;
    return token;
  }

  #fail(message: string): never {
    const line = this.#tokens[Math.max(this.#furthest - 1, 0)]?.line ?? 1;
    throw new TemplateError('parse', `template: :${line}: ${message}`, { detail: { line } });
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') this.#fail(`unexpected ${printToken(token)} in ${context}`);
    if (this.#actionLine === 0 || this.#actionLine === token.line) this.#fail(token.text);
    const extra = ` in action started at :${this.#actionLine}`;
    this.#fail(
      token.text + (token.text.endsWith(' action') ? extra.slice(' in action'.length) : extra),
    );
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#nextNonSpace();
    if (token.kind !== kind) this.#unexpected(token, context);
    return token;
  }

  /** Nodes up to `end` or `else`. */
  #list(): { readonly nodes: readonly Node[]; readonly end: ListEnd } {
    return this.#nested(() => this.#readList());
  }

  /** Go's own limit is higher than what the browser's stack holds; the words are its. */
  #nested<T>(read: () => T): T {
    if (this.#nesting >= MAX_NESTING) this.#fail('max expression depth exceeded');
    this.#nesting++;
    const result = read();
    this.#nesting--;
    return result;
  }

  #readList(): { readonly nodes: readonly Node[]; readonly end: ListEnd } {
    const nodes: Node[] = [];
    while (this.#peekNonSpace().kind !== 'eof') {
      const item = this.#textOrAction(false);
      if (item === undefined) continue;
      if (isListEnd(item)) return { nodes, end: item };
      nodes.push(item);
    }
    return this.#fail('unexpected EOF');
  }

  /** Undefined for a definition, which leaves nothing in its place. */
  #textOrAction(mayDefine: boolean): Node | ListEnd | undefined {
    const token = this.#nextNonSpace();
    if (token.kind === 'text') return { kind: 'text', text: token.text, at: token.at };
    if (token.kind !== 'left') return this.#unexpected(token, 'input');
    this.#actionLine = token.line;
    const item = this.#action(mayDefine);
    this.#actionLine = 0;
    return item;
  }

  #action(mayDefine: boolean): Node | ListEnd | undefined {
    const token = this.#nextNonSpace();
    if (token.kind === 'keyword') {
      switch (token.text) {
        case 'if':
        case 'with':
        case 'range':
          return this.#control(token.text);
        case 'else':
          return this.#else();
        case 'end':
          return { kind: 'end', at: this.#expect('right', 'end').at };
        case 'break':
        case 'continue':
          return this.#jump(token.text, token);
        case 'template':
          return this.#template();
        case 'block':
          return this.#block();
        default:
          if (!mayDefine) this.#unexpected(token, 'command');
          this.#define();
          return undefined;
      }
    }
    this.#at--;
    const { at } = this.#peek();
    return { kind: 'action', pipeline: this.#pipeline('command', 'right'), at };
  }

  #else(): ListEnd {
    const next = this.#peekNonSpace();
    if (next.kind === 'keyword' && (next.text === 'if' || next.text === 'with')) {
      return { kind: 'else', chained: next.text, at: next.at };
    }
    return { kind: 'else', at: this.#expect('right', 'else').at };
  }

  #jump(kind: 'break' | 'continue', { at }: Token): Node {
    const token = this.#nextNonSpace();
    if (token.kind !== 'right') this.#unexpected(token, `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#fail(`{{${kind}}} outside {{range}}`);
    return { kind, at };
  }

  #control(kind: 'if' | 'with' | 'range'): Node {
    const mark = this.#variables.length;
    const pipeline = this.#pipeline(kind, 'right');
    if (kind === 'range') this.#rangeDepth++;
    const { nodes: body, end } = this.#list();
    if (kind === 'range') this.#rangeDepth--;
    const otherwise = end.kind === 'else' ? this.#otherwise(kind, end) : undefined;
    this.#variables.length = mark;
    return { kind, pipeline, body, otherwise, at: pipeline.at };
  }

  #otherwise(kind: 'if' | 'with' | 'range', end: ListEnd): readonly Node[] {
    // `{{if a}}_{{else if b}}_{{end}}` is `{{if a}}_{{else}}{{if b}}_{{end}}{{end}}`, with one end for both.
    if (end.chained !== undefined && end.chained === kind) {
      this.#nextNonSpace();
      const { chained } = end;
      return [this.#nested(() => this.#control(chained))];
    }
    const { nodes, end: last } = this.#list();
    if (last.kind !== 'end') this.#fail(`expected end; found {{${last.kind}}}`);
    return nodes;
  }

  #template(): Node {
    const context = 'template clause';
    const token = this.#nextNonSpace();
    const name = this.#name(token, context);
    if (this.#nextNonSpace().kind === 'right') {
      return { kind: 'template', name, pipeline: undefined, at: token.at };
    }
    this.#at--;
    return { kind: 'template', name, pipeline: this.#pipeline(context, 'right'), at: token.at };
  }

  #block(): Node {
    const context = 'block clause';
    const token = this.#nextNonSpace();
    const name = this.#name(token, context);
    const pipeline = this.#pipeline(context, 'right');
    this.#definition(name, context);
    return { kind: 'template', name, pipeline, at: token.at };
  }

  #define(): void {
    const context = 'define clause';
    const name = this.#name(this.#nextNonSpace(), context);
    this.#expect('right', context);
    this.#definition(name, context);
  }

  /** The body of a definition, which sees no variables but its own `$`. */
  #definition(name: string, context: string): void {
    const [variables, rangeDepth] = [this.#variables, this.#rangeDepth];
    [this.#variables, this.#rangeDepth] = [['$'], 0];
    const { nodes, end } = this.#list();
    if (end.kind !== 'end') this.#fail(`unexpected {{${end.kind}}} in ${context}`);
    [this.#variables, this.#rangeDepth] = [variables, rangeDepth];
    const known = this.#definitions.get(name);
    if (known && !isBlank(known) && !isBlank(nodes)) {
      this.#fail(`template: multiple definition of template ${quote(name)}`);
    }
    if (!known || isBlank(known)) this.#definitions.set(name, nodes);
  }

  #name(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'raw string') this.#unexpected(token, context);
    return unquote(token.text) ?? this.#fail('invalid syntax');
  }

  #pipeline(context: string, end: 'right' | 'right paren'): Pipeline {
    const { at } = this.#peekNonSpace();
    const declared = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#nextNonSpace();
      if (token.kind === end) {
        this.#check(commands, context);
        return { kind: 'pipeline', at, commands, ...declared };
      }
      if (!STARTS_COMMAND.has(token.kind)) this.#unexpected(token, context);
      this.#at--;
      commands.push(this.#command());
    }
  }

  #declarations(context: string): Pick<Pipeline, 'variables' | 'isAssignment'> {
    const variables: string[] = [];
    for (;;) {
      const start = this.#at;
      const variable = this.#nextNonSpace();
      const next = variable.kind === 'variable' ? this.#nextNonSpace() : variable;
      if (next.kind === 'assign' || next.kind === 'declare') {
        variables.push(variable.text);
        this.#variables.push(variable.text);
        return { variables, isAssignment: next.kind === 'assign' };
      }
      if (variable.kind === 'variable' && next.kind === 'char' && next.text === ',') {
        variables.push(variable.text);
        this.#variables.push(variable.text);
        if (context !== 'range' || variables.length > 1) {
          this.#fail(`too many declarations in ${context}`);
        }
        if (!['variable', 'right', 'right paren'].includes(this.#peekNonSpace().kind)) {
          this.#fail('range can only initialize variables');
        }
        continue;
      }
      this.#at = start;
      return { variables, isAssignment: false };
    }
  }

  #check(commands: readonly Command[], context: string): void {
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    commands.slice(1).forEach(({ operands: [first] }, i) => {
      if (['bool', 'dot', 'nil', 'number', 'string'].includes(first.kind)) {
        this.#fail(`non executable command in pipeline stage ${i + 2}`);
      }
    });
  }

  #command(): Command {
    const { at } = this.#peekNonSpace();
    const operands: Operand[] = [];
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand) operands.push(operand);
      const token = this.#next();
      if (token.kind === 'space') continue;
      if (token.kind === 'right' || token.kind === 'right paren') this.#at--;
      else if (token.kind !== 'pipe') this.#unexpected(token, 'operand');
      break;
    }
    const [first, ...rest] = operands;
    if (!first) return this.#fail('empty command');
    return { at, operands: [first, ...rest] };
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (!term) return undefined;
    const { at } = this.#peek();
    const names: string[] = [];
    while (this.#peek().kind === 'field') names.push(this.#next().text.slice(1));
    if (names.length === 0) return term;
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { ...term, names: [...term.names, ...names], at };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.#fail(`unexpected . after term ${quote(printOperand(term))}`);
      default:
        return { kind: 'chain', operand: term, names, at };
    }
  }

  #term(): Operand | undefined {
    const token = this.#nextNonSpace();
    const { at, text } = token;
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions.has(text)) this.#fail(`function ${quote(text)} not defined`);
        return { kind: 'identifier', name: text, at };
      case 'dot':
      case 'nil':
        return { kind: token.kind, at };
      case 'variable':
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${quote(text)}`);
        return { kind: 'variable', names: [text], at };
      case 'field':
        return { kind: 'field', names: [text.slice(1)], at };
      case 'bool':
        return { kind: 'bool', value: text === 'true', at };
      case 'number':
      case 'character': {
        const number = parseNumber(token);
        return 'problem' in number
          ? this.#fail(number.problem)
          : { kind: 'number', text, at, ...number };
      }
      case 'left paren':
        return this.#nested(() => this.#pipeline('parenthesized pipeline', 'right paren'));
      case 'string':
      case 'raw string':
        return { kind: 'string', text, value: unquote(text) ?? this.#fail('invalid syntax'), at };
      default:
        this.#at--;
        return undefined;
    }
  }
}

function isListEnd(item: Node | ListEnd): item is ListEnd {
  return item.kind === 'end' || item.kind === 'else';
}

function isBlank(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
