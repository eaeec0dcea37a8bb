import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import type { Client } from './client';
import type { IFeed, Interest, IOverview } from './tokens';
import { isLive } from './types';

/** How often to ask, in ms: while a run is live, and while all is quiet. */
const CLOSE = { busy: 1000, quiet: 4000 };
/** … where only whether a run has begun or ended is of interest. */
const GLANCE = { busy: 2000, quiet: 15_000 };
/** Models change rarely: they are asked for at every fifth tick. */
const MODELS_EVERY = 5;

/**
 * Light polling: one small request a second while a run is live and somebody looks closely, a rare
 * one at a glance, none while the browser tab is hidden. (A stream per run would use up the six connections a browser has.)
 */
export class Feed implements IFeed {
  constructor(readonly client: Client) {
    this._poll = new Poll({
      name: '@spikex/lab:feed',
      auto: false,
      factory: () => this._ask(false),
      frequency: { interval: CLOSE.quiet, backoff: true, max: 30_000 },
      standby: 'when-hidden'
    });
  }

  pageSize = 25;

  get overview(): IOverview {
    return this._overview;
  }

  get changed(): ISignal<IFeed, IOverview> {
    return this._changed;
  }

  get revised(): ISignal<IFeed, void> {
    return this._revised;
  }

  watch(interest: Interest = 'close'): IDisposable {
    this._watchers[interest] += 1;
    if (this._watchers[interest] === 1) {
      this._ticks = 0;
      void this._poll.refresh();
    }
    return new DisposableDelegate(() => {
      this._watchers[interest] -= 1;
      this._pace();
      if (this._watchers.close + this._watchers.glance === 0) {
        void this._poll.stop();
      }
    });
  }

  async refresh(): Promise<void> {
    this._revised.emit();
    try {
      await this._ask(true);
    } catch {
      // `_ask` has put the error into the overview, where it is shown.
    }
  }

  private async _ask(all: boolean): Promise<void> {
    const closely = this._watchers.close > 0;
    const isTurn = this._overview.models === null || this._ticks % MODELS_EVERY === 0;
    const withModels = all || (closely && isTurn);
    this._ticks += 1;
    try {
      const [runs, models] = await Promise.all([
        this.client.runs({ page_size: 20 }),
        withModels ? this.client.models({ page_size: 50 }) : Promise.resolve(null)
      ]);
      this._set({
        runs: runs.items,
        runCount: runs.total,
        models: models?.items ?? this._overview.models,
        modelCount: models?.total ?? this._overview.modelCount,
        error: null
      });
    } catch (error) {
      this._set({ ...this._overview, error });
      throw error;
    }
  }

  private _set(overview: IOverview): void {
    this._overview = overview;
    this._pace();
    this._changed.emit(overview);
  }

  private _pace(): void {
    const { busy, quiet } = this._watchers.close > 0 ? CLOSE : GLANCE;
    const interval = this._overview.runs?.some(isLive) ? busy : quiet;
    if (this._poll.frequency.interval !== interval) {
      this._poll.frequency = { ...this._poll.frequency, interval };
    }
  }

  private _overview: IOverview = {
    models: null,
    runs: null,
    modelCount: 0,
    runCount: 0,
    error: null
  };
  private _ticks = 0;
  private readonly _watchers: Record<Interest, number> = { close: 0, glance: 0 };
  private readonly _changed = new Signal<IFeed, IOverview>(this);
  private readonly _revised = new Signal<IFeed, void>(this);
  private readonly _poll: Poll;
}
