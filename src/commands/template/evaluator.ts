import { tooMuchWork, type TemplateBudget } from './budget';
import { FunctionProblem, TemplateError } from './errors';
import { BUILTINS } from './functions';
import { quote } from '../../base/go-quote';
import {
  goInt,
  goString,
  indirect,
  INVALID,
  isExported,
  isTrue,
  typeOf,
  type GoFunction,
  type GoValue,
  type Parameter,
} from './go-value';
import { MAX_INT, overflowsInt } from './number';
import { printCommand, printOperand, type Command, type Operand, type Pipeline } from './nodes';

export interface ExecuteOptions {
  readonly functions: ReadonlyMap<string, GoFunction>;
  /** What a key that a map has not got is: no value, or an error. */
  readonly missingKey?: 'invalid' | 'error';
  readonly budget: TemplateBudget;
}

export interface Variable {
  readonly name: string;
  value: GoValue;
}

/** What a command is called with. */
interface Arguments {
  readonly dot: GoValue;
  readonly operands: readonly Operand[];
  /** What the command before gave, where there is one: the last argument. */
  readonly last: GoValue | undefined;
  /** What an error of the function or method itself points at. */
  readonly node: Operand | Command;
}

/** Works out what pipelines are, and knows where it is, for errors. */
export class Evaluator {
  readonly #text: string;
  readonly #options: ExecuteOptions;
  /** The template that is running: empty but within definitions. */
  name = '';
  variables: Variable[] = [];
  #place: { readonly at: number; readonly print: () => string } = { at: 0, print: () => '' };

  constructor(text: string, options: ExecuteOptions) {
    this.#text = text;
    this.#options = options;
  }

  /** Errors from here on are at this place. */
  goTo(at: number, print: () => string): void {
    this.#place = { at, print };
  }

  /** The value of a pipeline; what it declares stays in `variables`. */
  pipeline(pipeline: Pipeline, dot: GoValue): GoValue {
    this.#at(pipeline);
    let value: GoValue | undefined;
    for (const command of pipeline.commands) {
      const result: GoValue = this.#command(command, dot, value);
      value = result.kind === 'nil' ? INVALID : result;
    }
    const result = value ?? INVALID;
    for (const name of pipeline.variables) {
      if (pipeline.isAssignment) this.#variable(name).value = result;
      else this.variables.push({ name, value: result });
    }
    return result;
  }

  /** The innermost variables of these names. */
  named(names: readonly string[]): readonly { value: GoValue }[] {
    return names.map((name) => this.#variable(name));
  }

  #variable(name: string): { value: GoValue } {
    return (
      this.variables.findLast((variable) => variable.name === name) ??
      this.fail(`undefined variable: ${name}`)
    );
  }

  #command(command: Command, dot: GoValue, last: GoValue | undefined): GoValue {
    const [first, ...rest] = command.operands;
    const call = { operands: rest, last };
    switch (first.kind) {
      case 'field':
        this.#at(first);
        return this.#chain(dot, first.names, { dot, ...call, node: first });
      case 'chain': {
        this.#at(first);
        const receiver = this.#argument(first.operand, 'any', dot);
        return this.#chain(receiver, first.names, { dot, ...call, node: first });
      }
      case 'variable': {
        this.#at(first);
        const [name = '$', ...names] = first.names;
        const { value } = this.#variable(name);
        if (names.length > 0) return this.#chain(value, names, { dot, ...call, node: first });
        this.#refuseArguments(first, call);
        return value;
      }
      case 'identifier':
        this.#at(first);
        return this.#call(first.name, { dot, ...call, node: command });
      case 'pipeline':
        this.#refuseArguments(first, call);
        return this.pipeline(first, dot);
      default:
        this.#at(first);
        this.#refuseArguments(first, call);
        if (first.kind === 'nil') this.fail('nil is not a command');
        return this.#constant(first, dot);
    }
  }

  #refuseArguments(first: Operand, { operands, last }: Pick<Arguments, 'operands' | 'last'>): void {
    if (operands.length === 0 && last === undefined) return;
    this.fail(`can't give argument to non-function ${printOperand(first)}`);
  }

  #constant(operand: Operand, dot: GoValue): GoValue {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'bool':
        return { kind: 'bool', value: operand.value };
      case 'string':
        return goString(operand.value);
      case 'number':
        if (overflowsInt(operand)) this.fail(`${operand.text} overflows int`);
        return operand.value.kind === 'int' ? goInt(operand.value.value) : operand.value;
      default:
        return INVALID;
    }
  }

  #chain(receiver: GoValue, names: readonly string[], call: Arguments): GoValue {
    let value = receiver;
    let type = typeOf(receiver);
    for (const [i, name] of names.entries()) {
      const container = indirect(value);
      const given = i === names.length - 1 ? call : { ...call, operands: [], last: undefined };
      value = this.#field({ value: container, type }, name, given);
      // What a map of anything holds is an interface, until a pipeline looks into it.
      const isAny = container.kind === 'map' && container.zero.kind === 'nil';
      type = isAny ? 'interface {}' : typeOf(value);
    }
    return value;
  }

  #field(
    { value, type }: { readonly value: GoValue; readonly type: string },
    name: string,
    call: Arguments,
  ): GoValue {
    const hasArguments = call.operands.length > 0 || call.last !== undefined;
    switch (value.kind) {
      case 'invalid':
        if (this.#options.missingKey === 'error')
          this.fail(`nil data; no entry for key ${quote(name)}`);
        return INVALID;
      case 'nil':
        return this.fail(`nil pointer evaluating interface {}.${name}`);
      case 'pointer':
        return this.fail(`nil pointer evaluating ${type}.${name}`);
      case 'int':
      case 'slice': {
        const method = value.methods?.get(name);
        if (!method) break;
        return this.#apply(name, method, call);
      }
      case 'struct': {
        // A row's fields are dear to make, and its methods go before them.
        const method = value.methods?.get(name);
        if (method) return this.#apply(name, method, call);
        const field = value.promoted?.get(name) ?? value.fields.get(name);
        if (!field) break;
        if (!isExported(name)) this.fail(`${name} is an unexported field of struct type ${type}`);
        if (hasArguments) this.fail(`${name} has arguments but cannot be invoked as function`);
        return field;
      }
      case 'map': {
        if (hasArguments) this.fail(`${name} is not a method but has arguments`);
        const entry = value.entries?.get(name);
        if (!entry && this.#options.missingKey === 'error') {
          this.fail(`map has no entry for key ${quote(name)}`);
        }
        return entry ?? INVALID;
      }
      default:
        break;
    }
    return this.fail(`can't evaluate field ${name} in type ${type}`);
  }

  #call(name: string, call: Arguments): GoValue {
    if (name === 'and' || name === 'or') return this.#shortCircuit(name, call);
    const definition = this.#options.functions.get(name) ?? BUILTINS.get(name);
    return definition
      ? this.#apply(name, definition, call)
      : this.fail(`${quote(name)} is not a defined function`);
  }

  #apply(name: string, definition: GoFunction, call: Arguments): GoValue {
    const { dot, operands, last, node } = call;
    const given = operands.length + (last === undefined ? 0 : 1);
    this.#checkCount(name, definition, given, operands.length);
    const typeAt = (i: number) => definition.parameters[i] ?? definition.rest ?? 'any';
    const values = operands.map((operand, i) => this.#argument(operand, typeAt(i), dot));
    if (last !== undefined) values.push(this.#checked(last, typeAt(operands.length)));
    const { budget } = this.#options;
    budget.work(values);
    try {
      const first = operands[0] ? printOperand(operands[0]) : calleeOf(last);
      const result = definition.call(values, first);
      budget.work([result]);
      return result;
    } catch (error) {
      // What the browser says of a text or list that is too long for it.
      if (error instanceof RangeError) throw tooMuchWork();
      if (!(error instanceof FunctionProblem)) throw error;
      this.#goToNode(node);
      return this.fail(`error calling ${name}: ${error.message}`);
    }
  }

  #checkCount(
    name: string,
    { parameters, rest }: GoFunction,
    given: number,
    written: number,
  ): void {
    const wanted = parameters.length;
    if (rest && given < wanted) {
      this.fail(`wrong number of args for ${name}: want at least ${wanted} got ${written}`);
    }
    if (!rest && given !== wanted) {
      this.fail(`wrong number of args for ${name}: want ${wanted} got ${given}`);
    }
  }

  #shortCircuit(name: 'and' | 'or', { dot, operands, last }: Arguments): GoValue {
    if (operands.length === 0 && last === undefined) {
      this.fail(`wrong number of args for ${name}: want at least 1 got 0`);
    }
    let value: GoValue = INVALID;
    for (const operand of operands) {
      value = this.#argument(operand, 'any', dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return last ?? value;
  }

  #argument(operand: Operand, type: Parameter, dot: GoValue): GoValue {
    this.#at(operand);
    switch (operand.kind) {
      case 'dot':
        return this.#checked(dot, type);
      case 'nil':
        if (!canBeNil(type)) this.fail(`cannot assign nil to ${type}`);
        return INVALID;
      case 'field':
      case 'variable':
      case 'chain':
      case 'identifier':
      case 'pipeline': {
        const command: Command = { at: operand.at, operands: [operand] };
        return this.#checked(this.#command(command, dot, undefined), type);
      }
      default:
        return this.#literal(operand, type, dot);
    }
  }

  #literal(operand: Operand, type: Parameter, dot: GoValue): GoValue {
    if (type === 'string' && operand.kind !== 'string') {
      this.fail(`expected string; found ${printOperand(operand)}`);
    }
    if (type === 'int' || type === 'time.Duration') {
      const integer = operand.kind === 'number' ? operand.integer : undefined;
      return integer === undefined || integer > MAX_INT
        ? this.fail(`expected integer; found ${printOperand(operand)}`)
        : goInt(integer, type);
    }
    if (type !== 'any' && type !== 'string') {
      this.fail(`can't handle ${printOperand(operand)} for arg of type ${type}`);
    }
    return this.#constant(operand, dot);
  }

  /** The value, where a parameter of the type takes it. */
  #checked(value: GoValue, type: Parameter): GoValue {
    if (type === 'any') return value;
    if (value.kind === 'nil') {
      this.fail(`wrong type for value; expected ${type}; got interface {}`);
    }
    if (value.kind === 'invalid') {
      if (!canBeNil(type)) this.fail(`invalid value; expected ${type}`);
      return type.startsWith('[]') ? { kind: 'slice', items: null, type } : INVALID;
    }
    // Of lists with a name of their own there are only those of texts.
    const isNamedList = value.kind === 'slice' && !value.type.startsWith('[]');
    const isAssignable = typeOf(value) === type || (type === '[]string' && isNamedList);
    if (isAssignable) return value;
    return this.fail(`wrong type for value; expected ${type}; got ${typeOf(value)}`);
  }

  #goToNode(node: Operand | Command): void {
    if ('operands' in node) this.goTo(node.at, () => printCommand(node));
    else this.#at(node);
  }

  #at(operand: Operand): void {
    this.goTo(operand.at, () => printOperand(operand));
  }

  /** Ends the execution with an error at the place where it is. */
  fail(message: string): never {
    const { at, print } = this.#place;
    const before = this.#text.slice(0, at);
    const line = before.split('\n').length;
    const column = new TextEncoder().encode(before.slice(before.lastIndexOf('\n') + 1)).length;
    throw new TemplateError(
      'execute',
      `template: :${line}:${column}: executing ${quote(this.name)} at <${print()}>: ${message}`,
      { detail: { line, column } },
    );
  }
}

/** Whether a parameter takes nil. */
function canBeNil(type: Parameter): boolean {
  return type === 'any' || type.startsWith('[]') || type.startsWith('*');
}

/** What Go calls a value that a pipeline hands to `call`. */
function calleeOf(value: GoValue = INVALID): string {
  if (value.kind === 'string') return value.value;
  return value.kind === 'invalid' ? '<invalid Value>' : `<${typeOf(value)} Value>`;
}
