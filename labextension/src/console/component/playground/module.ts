import type { IDefinition } from '../../../types';

/** Numbers by mangled name: parameters `p_`, states `s_`. */
export type Numbers = Record<string, number>;

/** What a parameter that chooses between equations can be. */
export type Choice = string | boolean;

/** One choice of the equations: when it holds, and its functions. */
export interface IVariant {
  when: Record<string, Choice>[];
  states: string[];
  init: (given: Numbers, dt: number) => Numbers;
  step: (state: Numbers, ...given: number[]) => number;
  inputs: string[];
  noise: string[];
}

/** A component's JavaScript, printed from its equations. */
export interface IModule {
  parameters: Numbers;
  variants?: IVariant[];
  /** Of a surrogate: takes its input, what it draws, and the parameters. */
  derivative?: (...given: (number | Numbers)[]) => number;
  antiderivative?: (...given: (number | Numbers)[]) => number;
}

/**
 * Load the module at `url`, which the server prints. It is imported, not evaluated, so that a page
 * without `unsafe-eval` may have it.
 */
export async function loadModule(url: string): Promise<IModule> {
  return (await import(/* webpackIgnore: true */ url)) as IModule;
}

/** The variant that was chosen: of those that fit, the one that says most. */
export function variantOf(
  module: IModule,
  chosen: Readonly<Record<string, Choice>>
): IVariant | null {
  let best: IVariant | null = null;
  let most = -1;
  for (const variant of module.variants ?? []) {
    for (const when of variant.when) {
      const names = Object.keys(when);
      if (names.length > most && names.every(name => chosen[name] === when[name])) {
        best = variant;
        most = names.length;
      }
    }
  }
  return best;
}

/** Whether a component is a function of its input alone, without memory and chance. */
export function isCurve(module: IModule): boolean {
  const first = module.variants?.[0];
  return !first || (first.states.length === 0 && first.noise.length === 0);
}

/** Whether what goes out, or is meant by it, is spikes. */
export function fires({ kind, spike, output }: IDefinition): boolean {
  return spike !== null && (kind === 'neuron' || output === null);
}
