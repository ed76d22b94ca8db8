import { quote } from '../../base/go-quote';
import type { NumberLiteral } from './number';

interface At {
  /** Offset in the template, UTF-16 units. */
  readonly at: number;
}

/** What stands for a value in an action. */
export type Operand = At &
  (
    | { readonly kind: 'dot' }
    | { readonly kind: 'nil' }
    | { readonly kind: 'bool'; readonly value: boolean }
    | ({ readonly kind: 'number'; readonly text: string } & NumberLiteral)
    | { readonly kind: 'string'; readonly text: string; readonly value: string }
    | { readonly kind: 'identifier'; readonly name: string }
    | { readonly kind: 'field'; readonly names: readonly string[] }
    /** `$x.Field`: the first name has its `$`. */
    | { readonly kind: 'variable'; readonly names: readonly string[] }
    | { readonly kind: 'chain'; readonly operand: Operand; readonly names: readonly string[] }
    | Pipeline
  );

export interface Command extends At {
  readonly operands: readonly [Operand, ...Operand[]];
}

export interface Pipeline extends At {
  readonly kind: 'pipeline';
  readonly isAssignment: boolean;
  /** Names with their `$`. */
  readonly variables: readonly string[];
  readonly commands: readonly Command[];
}

export type Node =
  | (At & { readonly kind: 'text'; readonly text: string })
  | (At & { readonly kind: 'action'; readonly pipeline: Pipeline })
  | (At & {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[] | undefined;
    })
  | (At & { readonly kind: 'break' | 'continue' })
  | (At & {
      readonly kind: 'template';
      readonly name: string;
      readonly pipeline: Pipeline | undefined;
    });

/** An operand as Go writes it back, for errors. */
export function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(operand.value);
    case 'number':
    case 'string':
      return operand.text;
    case 'identifier':
      return operand.name;
    case 'field':
      return operand.names.map((name) => `.${name}`).join('');
    case 'variable':
      return operand.names.join('.');
    case 'chain': {
      const inner = printOperand(operand.operand);
      const fields = operand.names.map((name) => `.${name}`).join('');
      return (operand.operand.kind === 'pipeline' ? `(${inner})` : inner) + fields;
    }
    case 'pipeline':
      return printPipeline(operand);
  }
}

export function printPipeline({ variables, isAssignment, commands }: Pipeline): string {
  const declared =
    variables.length > 0 ? `${variables.join(', ')} ${isAssignment ? '=' : ':='} ` : '';
  return declared + commands.map(printCommand).join(' | ');
}

export function printCommand({ operands }: Command): string {
  return operands
    .map((operand) =>
      operand.kind === 'pipeline' ? `(${printOperand(operand)})` : printOperand(operand),
    )
    .join(' ');
}

/** A node as Go writes it back; of those that errors can be at. */
export function printNode(node: Node): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'action':
      return `{{${printPipeline(node.pipeline)}}}`;
    case 'template':
      return `{{template ${quote(node.name)}${node.pipeline ? ` ${printPipeline(node.pipeline)}` : ''}}}`;
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    default: {
      const otherwise = node.otherwise ? `{{else}}${node.otherwise.map(printNode).join('')}` : '';
      return `{{${node.kind} ${printPipeline(node.pipeline)}}}${node.body.map(printNode).join('')}${otherwise}{{end}}`;
    }
  }
}
