import { quote, unquote } from '../../base/go-quote';
import { printOperand, type Command, type Operand, type Pipeline } from './nodes';
import { parseNumber } from './number';
import type { TokenCursor } from './token-cursor';
import { STARTS_COMMAND } from './token-text';

/** Reads what stands within an action: declarations, commands and their operands. */
export class PipelineParser {
  readonly #cursor: TokenCursor;
  readonly #functions: ReadonlySet<string>;
  /** Names that are in scope, the innermost last. Who opens a scope puts back what was there before. */
  variables: string[] = ['$'];

  constructor(cursor: TokenCursor, functions: ReadonlySet<string>) {
    this.#cursor = cursor;
    this.#functions = functions;
  }

  parse(context: string, end: 'right' | 'right paren'): Pipeline {
    const { at } = this.#cursor.peekNonSpace();
    const declared = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#cursor.nextNonSpace();
      if (token.kind === end) {
        this.#check(commands, context);
        return { kind: 'pipeline', at, commands, ...declared };
      }
      if (!STARTS_COMMAND.has(token.kind)) this.#cursor.unexpected(token, context);
      this.#cursor.back();
      commands.push(this.#command());
    }
  }

  #declarations(context: string): Pick<Pipeline, 'variables' | 'isAssignment'> {
    const variables: string[] = [];
    for (;;) {
      const start = this.#cursor.position;
      const variable = this.#cursor.nextNonSpace();
      const next = variable.kind === 'variable' ? this.#cursor.nextNonSpace() : variable;
      if (variable !== next && (next.kind === 'assign' || next.kind === 'declare')) {
        variables.push(variable.text);
        this.variables.push(variable.text);
        return { variables, isAssignment: next.kind === 'assign' };
      }
      if (variable.kind === 'variable' && next.kind === 'char' && next.text === ',') {
        variables.push(variable.text);
        this.variables.push(variable.text);
        if (context !== 'range' || variables.length > 1) {
          this.#cursor.fail(`too many declarations in ${context}`);
        }
        if (!['variable', 'right', 'right paren'].includes(this.#cursor.peekNonSpace().kind)) {
          this.#cursor.fail('range can only initialize variables');
        }
        continue;
      }
      this.#cursor.rewind(start);
      return { variables, isAssignment: false };
    }
  }

  #check(commands: readonly Command[], context: string): void {
    if (commands.length === 0) this.#cursor.fail(`missing value for ${context}`);
    commands.slice(1).forEach(({ operands: [first] }, i) => {
      if (['bool', 'dot', 'nil', 'number', 'string'].includes(first.kind)) {
        this.#cursor.fail(`non executable command in pipeline stage ${i + 2}`);
      }
    });
  }

  #command(): Command {
    const { at } = this.#cursor.peekNonSpace();
    const operands: Operand[] = [];
    for (;;) {
      this.#cursor.peekNonSpace();
      const operand = this.#operand();
      if (operand) operands.push(operand);
      const token = this.#cursor.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'right' || token.kind === 'right paren') this.#cursor.back();
      else if (token.kind !== 'pipe') this.#cursor.unexpected(token, 'operand');
      break;
    }
    const [first, ...rest] = operands;
    if (!first) return this.#cursor.fail('empty command');
    return { at, operands: [first, ...rest] };
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (!term) return undefined;
    const { at } = this.#cursor.peek();
    const names: string[] = [];
    while (this.#cursor.peek().kind === 'field') names.push(this.#cursor.next().text.slice(1));
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
        return this.#cursor.fail(`unexpected . after term ${quote(printOperand(term))}`);
      default:
        return { kind: 'chain', operand: term, names, at };
    }
  }

  #term(): Operand | undefined {
    const token = this.#cursor.nextNonSpace();
    const { at, text } = token;
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions.has(text)) this.#cursor.fail(`function ${quote(text)} not defined`);
        return { kind: 'identifier', name: text, at };
      case 'dot':
      case 'nil':
        return { kind: token.kind, at };
      case 'variable':
        if (!this.variables.includes(text)) this.#cursor.fail(`undefined variable ${quote(text)}`);
        return { kind: 'variable', names: [text], at };
      case 'field':
        return { kind: 'field', names: [text.slice(1)], at };
      case 'bool':
        return { kind: 'bool', value: text === 'true', at };
      case 'number':
      case 'complex':
      case 'character': {
        const number = parseNumber(token);
        return 'problem' in number
          ? this.#cursor.fail(number.problem)
          : { kind: 'number', text, at, ...number };
      }
      case 'left paren':
        return this.#cursor.nested(() => this.parse('parenthesized pipeline', 'right paren'));
      case 'string':
      case 'raw string':
        return {
          kind: 'string',
          text,
          value: unquote(text) ?? this.#cursor.fail('invalid syntax'),
          at,
        };
      default:
        this.#cursor.back();
        return undefined;
    }
  }
}
