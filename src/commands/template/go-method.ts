import type { GoFunction, GoMethods, GoValue, Parameter } from './go-value';

/** A method of one type: what it takes, and what it gives for a value of the type. */
export type Method<Receiver> = readonly [
  parameters: readonly Parameter[],
  call: (receiver: Receiver, ...values: readonly GoValue[]) => GoValue,
];

/** The methods of a type, for one value of it. */
export function methodsOf<Receiver>(
  table: ReadonlyMap<string, Method<Receiver>>,
  receiver: Receiver,
): GoMethods {
  return {
    get: (name) => {
      const method = table.get(name);
      if (!method) return undefined;
      const [parameters, call] = method;
      return { parameters, call: (values) => call(receiver, ...values) };
    },
  };
}

/** A method that takes nothing. */
export function getter(call: () => GoValue): GoFunction {
  return { parameters: [], call };
}
