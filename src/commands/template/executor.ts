import type { TemplateBudget } from './budget';
import { TemplateError } from './errors';
import { Evaluator, type ExecuteOptions } from './evaluator';
import { formatValue } from './go-format';
import { shownGo } from '../../base/go-text';
import { quote } from '../../base/go-quote';
import {
  goInt,
  goString,
  indirect,
  INVALID,
  isTrue,
  sortedEntries,
  type GoValue,
} from './go-value';
import { printNode, type Node } from './nodes';
import type { ParsedTemplate } from './parser';

/** Templates within templates. Go allows 100,000; the sentence is its. */
const MAX_DEPTH = 500;
const TOO_DEEP = 'exceeded maximum template depth (100000)';

/** How a list of nodes ended, where it was not at its end. */
type Jump = 'break' | 'continue' | undefined;

type Control = Extract<Node, { kind: 'if' | 'with' | 'range' }>;

/**
 * Runs a template on a value, as Go 1.24's text/template does. Throws `execute` in Go's words, `limit` where it would not end.
 * https://github.com/golang/go/blob/go1.24.3/src/text/template/exec.go
 */
export function executeTemplate(
  { text, parsed }: { readonly text: string; readonly parsed: ParsedTemplate },
  value: GoValue,
  options: ExecuteOptions,
): string {
  return new Executor(parsed, new Evaluator(text, options), options.budget).run(value);
}

class Executor {
  readonly #parsed: ParsedTemplate;
  readonly #evaluator: Evaluator;
  readonly #budget: TemplateBudget;
  readonly #output: string[] = [];
  #depth = 0;

  constructor(parsed: ParsedTemplate, evaluator: Evaluator, budget: TemplateBudget) {
    this.#parsed = parsed;
    this.#evaluator = evaluator;
    this.#budget = budget;
  }

  run(value: GoValue): string {
    this.#evaluator.variables = [{ name: '$', value }];
    try {
      this.#walkAll(this.#parsed.root, value);
    } catch (error) {
      if (error instanceof TemplateError) error.written = shownGo(this.#output.join(''));
      throw error;
    }
    return shownGo(this.#output.join(''));
  }

  #walkAll(nodes: readonly Node[], dot: GoValue): Jump {
    let jump: Jump;
    const isInBounds = this.#budget.nest(() => {
      for (const node of nodes) {
        jump = this.#walk(node, dot);
        if (jump) break;
      }
    });
    if (!isInBounds) this.#evaluator.fail(TOO_DEEP);
    return jump;
  }

  #walk(node: Node, dot: GoValue): Jump {
    this.#budget.step();
    this.#evaluator.goTo(node.at, () => printNode(node));
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return undefined;
      case 'action': {
        const value = this.#evaluator.pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0) this.#write(formatValue(indirect(value)));
        return undefined;
      }
      case 'if':
      case 'with':
        return this.#branch(node, dot);
      case 'range':
        return this.#range(node, dot);
      case 'template':
        this.#template(node, dot);
        return undefined;
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  #write(text: string): void {
    this.#budget.write(text.length);
    this.#output.push(text);
  }

  #branch(node: Control, dot: GoValue): Jump {
    const { variables } = this.#evaluator;
    const mark = variables.length;
    const value = this.#evaluator.pipeline(node.pipeline, dot);
    const body = isTrue(value) ? node.body : (node.otherwise ?? []);
    const jump = this.#walkAll(body, node.kind === 'with' && isTrue(value) ? value : dot);
    variables.length = mark;
    return jump;
  }

  #range(node: Control, dot: GoValue): Jump {
    const { variables } = this.#evaluator;
    const mark = variables.length;
    const value = indirect(this.#evaluator.pipeline(node.pipeline, dot));
    const bodyMark = variables.length;
    const declared = this.#evaluator.named(node.pipeline.variables);
    let isEmpty = true;
    for (const [key, item] of this.#items(value, declared.length)) {
      isEmpty = false;
      this.#budget.step();
      const [first, second] = declared;
      if (first) first.value = second ? key : item;
      if (second) second.value = item;
      const jump = this.#walkAll(node.body, item);
      variables.length = bodyMark;
      if (jump === 'break') break;
    }
    const jump = isEmpty ? this.#walkAll(node.otherwise ?? [], dot) : undefined;
    variables.length = mark;
    return jump;
  }

  *#items(value: GoValue, variables: number): Iterable<readonly [GoValue, GoValue]> {
    switch (value.kind) {
      case 'slice':
        yield* (value.items ?? []).map((item, i) => [goInt(i), item] as const);
        break;
      case 'map':
        yield* sortedEntries(value).map(([key, item]) => [goString(key), item] as const);
        break;
      case 'int':
        if (variables > 1) {
          this.#evaluator.fail(
            `can't use ${formatValue(value)} to iterate over more than one variable`,
          );
        }
        for (let i = 0n; i < value.value; i++) yield [goInt(i), goInt(i)];
        break;
      case 'invalid':
        break;
      default:
        this.#evaluator.fail(`range can't iterate over ${formatValue(value)}`);
    }
  }

  #template(node: Extract<Node, { kind: 'template' }>, dot: GoValue): void {
    const evaluator = this.#evaluator;
    const body = this.#parsed.definitions.get(node.name);
    if (!body) return evaluator.fail(`template ${quote(node.name)} not defined`);
    if (this.#depth >= MAX_DEPTH) evaluator.fail(TOO_DEEP);
    const value = node.pipeline ? evaluator.pipeline(node.pipeline, dot) : INVALID;
    const { variables, name } = evaluator;
    evaluator.variables = [{ name: '$', value }];
    evaluator.name = node.name;
    this.#depth++;
    this.#walkAll(body, value);
    this.#depth--;
    evaluator.name = name;
    evaluator.variables = variables;
  }
}
