import type { IDefinition } from '../../../types';
import { fires, variantOf, type IModule } from './module';
import { chosen, given, steps, type ISettings } from './settings';
import { drive } from './stimulus';

/** What came of one run. The arrays are used again by the next run. */
export interface ITrace {
  /** In ms. */
  dt: number;
  count: number;
  /** By the component's own names. */
  states: Record<string, Float64Array>;
  inputs: Record<string, Float64Array>;
  output: Float64Array;
  /** The ends of the steps with a spike, in ms. */
  spikes: number[];
  /** When a state left the real numbers, in ms; null: never. */
  broken: number | null;
}

/** Runs one element of a component, from rest. */
export class Bench {
  constructor(
    private readonly definition: IDefinition,
    private readonly module: IModule
  ) {}

  run(settings: ISettings): ITrace {
    const { dt } = settings;
    const count = steps(settings);
    const trace: ITrace = {
      dt,
      count,
      states: {},
      inputs: {},
      output: this.array('output', count),
      spikes: [],
      broken: null
    };
    const variant = variantOf(this.module, chosen(settings));
    if (!variant) {
      return trace;
    }
    const drives = variant.inputs.map(name => {
      const key = name.slice(2);
      const series = this.array(name, count);
      drive(settings.inputs[key], dt, series);
      trace.inputs[key] = series;
      return series;
    });
    const random = generator(SEED);
    for (const name of variant.noise) {
      const series = this.array(name, count);
      const normal = this.definition.noise?.[name.slice(2)]?.distribution === 'normal';
      for (let k = 0; k < count; k++) {
        series[k] = normal ? gaussian(random) : random();
      }
      drives.push(series);
    }
    const states = variant.states.filter(name => name.slice(2) in (this.definition.state ?? {}));
    const kept = states.map(name => (trace.states[name.slice(2)] = this.array(name, count)));
    const state = variant.init(given(settings), dt);
    const spiking = fires(this.definition);
    const now = new Array<number>(drives.length);
    for (let k = 0; k < count; k++) {
      for (let i = 0; i < drives.length; i++) {
        now[i] = drives[i][k];
      }
      const out = variant.step(state, ...now);
      trace.output[k] = out;
      let sound = Number.isFinite(out);
      for (let i = 0; i < kept.length; i++) {
        const value = state[states[i]];
        kept[i][k] = value;
        sound &&= Number.isFinite(value);
      }
      if (!sound) {
        trace.broken = (k + 1) * dt;
        trace.count = k;
        break;
      }
      if (spiking && out !== 0) {
        trace.spikes.push((k + 1) * dt);
      }
    }
    return trace;
  }

  /** An array for `name`, the last run's where it has the length. */
  private array(name: string, count: number): Float64Array {
    let array = this._arrays.get(name);
    if (array?.length !== count) {
      array = new Float64Array(count);
      this._arrays.set(name, array);
    }
    return array;
  }

  private readonly _arrays = new Map<string, Float64Array>();
}

/** The same chance at every run, so that only what is changed makes a difference. */
const SEED = 1;

/** Numbers in 0..1 by a counter through a mixing function (splitmix32). */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** A normal number (mean 0, deviation 1), by Box and Muller. */
function gaussian(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
