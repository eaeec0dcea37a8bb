import type { IDefinition } from '../../../types';
import type { Choice, IModule, Numbers } from './module';
import { usual, type IStimulus } from './stimulus';

/** All that can be set in the playground. */
export interface ISettings {
  /** The preset's name; empty: none. */
  preset: string;
  /** Parameters that are numbers, by name. */
  values: Readonly<Record<string, number>>;
  /** Parameters that choose between equations, by name. */
  choices: Readonly<Record<string, Choice>>;
  inputs: Readonly<Record<string, IStimulus>>;
  /** In ms. */
  dt: number;
  duration: number;
}

/** More steps than this are not run: the page has to stay quick. */
export const MOST_STEPS = 200_000;

/** What the bench has, or what shows the preset `name`. */
export function usualSettings(definition: IDefinition, module: IModule, name = ''): ISettings {
  const preset = definition.presets?.[name];
  const stimulus = preset?.stimulus;
  const duration = stimulus?.duration ?? definition.bench.duration;
  const values: Record<string, number> = {};
  const choices: Record<string, Choice> = {};
  for (const [key, parameter] of Object.entries(definition.parameters ?? {})) {
    const value = preset?.parameters?.[key] ?? parameter.value;
    if (`p_${key}` in module.parameters) {
      values[key] = typeof value === 'number' ? value : 1;
    } else if (typeof value === 'boolean' || (typeof value === 'string' && parameter.choices)) {
      choices[key] = value;
    }
  }
  const inputs: Record<string, IStimulus> = {};
  for (const key of Object.keys(definition.inputs ?? {})) {
    const pieces = stimulus?.inputs?.[key] ?? (stimulus ? [] : null);
    inputs[key] = usual(definition, key, pieces, duration);
  }
  const dt = stimulus?.dt ?? definition.bench.dt;
  return { preset: name, values, choices, inputs, dt, duration };
}

/** The parameters as the module takes them. */
export function given(settings: ISettings): Numbers {
  return Object.fromEntries(
    Object.entries(settings.values).map(([name, value]) => [`p_${name}`, value])
  );
}

/** What chooses the equations. */
export function chosen(settings: ISettings): Record<string, Choice> {
  const { preset, choices } = settings;
  return preset ? { ...choices, preset } : { ...choices };
}

/** How many steps are run; what is too many is cut at the end. */
export function steps(settings: ISettings): number {
  return Math.min(MOST_STEPS, Math.max(1, Math.round(settings.duration / settings.dt)));
}
