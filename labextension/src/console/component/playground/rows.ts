import type { TranslationBundle } from '@jupyterlab/translation';

import type { IDefinition } from '../../../types';
import type { ITrace } from './bench';
import { fires, variantOf, type IModule } from './module';
import { chosen, given, type ISettings } from './settings';

/** One curve: a value for each place from left to right. */
export interface ILine {
  name: string;
  values: Float64Array;
}

/** One diagram of the stack. */
export interface IRow {
  /** The unit of its axis. */
  unit: string;
  lines: ILine[];
  /** Where spikes are marked above it, on the axis below. */
  spikes?: readonly number[];
  /** A dashed line across. */
  threshold?: number;
  /** How much room it gets, beside the others. */
  share: number;
}

/** A stack of diagrams over one axis. */
export interface IPicture {
  rows: IRow[];
  axis: string;
  from: number;
  to: number;
  /** How many values a line has. */
  count: number;
}

/** A run over time: potential and spikes, what belongs to it by unit, output, input. */
export function traces(
  definition: IDefinition,
  trace: ITrace,
  settings: ISettings,
  trans: TranslationBundle
): IPicture {
  const { count } = trace;
  const names = Object.keys(trace.states);
  const main = tested(definition) ?? names[names.length - 1];
  const groups = new Map<string, IRow>();
  for (const name of [...names].sort((a, b) => Number(b === main) - Number(a === main))) {
    const state = definition.state?.[name];
    const key = `${state?.unit} ${state?.kept}`; // a weight is no trace, though it has its unit
    const share = name === main ? 4 : 2;
    const row = groups.get(key) ?? { unit: unitOf(state?.unit), lines: [], share };
    row.lines.push({ name, values: trace.states[name] });
    groups.set(key, row);
  }
  const rows = [...groups.values()];
  const spiking = fires(definition);
  const told = names.some(name => same(trace.states[name], trace.output, count));
  if (rows.length === 0 || (!spiking && !told)) {
    rows.push({ unit: '', lines: [{ name: trans.__('output'), values: trace.output }], share: 2 });
  }
  if (spiking) {
    rows[0].spikes = trace.spikes;
    rows[0].threshold = threshold(definition, settings);
  }
  for (const [name, values] of Object.entries(trace.inputs)) {
    rows.push({
      unit: unitOf(definition.inputs?.[name]?.unit),
      lines: [{ name, values }],
      share: 1
    });
  }
  return { rows, axis: trans.__('ms'), from: 0, to: settings.duration, count };
}

const POINTS = 601;

/** A function of the input, from -`reach` to `reach`. */
export function curves(
  definition: IDefinition,
  module: IModule,
  settings: ISettings,
  reach: number,
  trans: TranslationBundle
): IPicture {
  const row = (name: string, of: (x: number) => number): IRow => {
    const values = new Float64Array(POINTS);
    for (let k = 0; k < POINTS; k++) {
      values[k] = of(reach * ((2 * k) / (POINTS - 1) - 1));
    }
    return { unit: '', lines: [{ name, values }], share: 1 };
  };
  const numbers = given(settings);
  const rows: IRow[] = [];
  const { derivative, antiderivative } = module;
  if (derivative) {
    rows.push(row(trans.__('derivative'), x => derivative(...drawn(derivative, x), numbers)));
  }
  if (antiderivative) {
    const smooth = (x: number): number => antiderivative(...drawn(antiderivative, x), numbers);
    rows.push(row(trans.__('smoothed step'), smooth));
  }
  const variant = variantOf(module, chosen(settings));
  if (variant) {
    const state = variant.init(numbers, settings.dt);
    const others = variant.inputs.slice(1).map(name => settings.inputs[name.slice(2)].level);
    rows.push(row(trans.__('output'), x => variant.step(state, x, ...others)));
  }
  const axis = Object.keys(definition.inputs ?? {})[0] ?? 'x';
  return { rows, axis, from: -reach, to: reach, count: POINTS };
}

/** The input of a surrogate and, where it draws, the middle of what it may draw. */
function drawn(of: (...given: never[]) => number, x: number): number[] {
  return [x, ...new Array<number>(of.length - 1).fill(0.5)];
}

/** How a unit is shown: nothing where it is 1. */
export function unitOf(unit: string | undefined): string {
  return !unit || unit === '1' ? '' : unit.replace(/\*\*2/g, '²').replace(/\bu(?=[A-Z])/g, 'µ');
}

const TEST = /^\s*([A-Za-z]\w*)\s*>=?\s*([A-Za-z]\w*)\s*$/;

/** The state that the threshold is for. */
function tested(definition: IDefinition): string | null {
  const name = TEST.exec(definition.spike?.when ?? '')?.[1];
  return name && name in (definition.state ?? {}) ? name : null;
}

function threshold(definition: IDefinition, settings: ISettings): number | undefined {
  const found = TEST.exec(definition.spike?.when ?? '');
  return found && tested(definition) ? settings.values[found[2]] : undefined;
}

function same(one: Float64Array, other: Float64Array, count: number): boolean {
  for (let k = 0; k < count; k++) {
    if (one[k] !== other[k]) {
      return false;
    }
  }
  return true;
}
