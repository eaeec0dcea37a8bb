import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import type { Client } from './client';
import type { IFeed, IOverview } from './tokens';
import { isLive } from './types';

/** How often to ask, in ms: while a run is live, and while all is quiet. */
const BUSY = 1000;
const QUIET = 4000;
/** Models change rarely: they are asked for at every fifth tick. */
const MODELS_EVERY = 5;

/**
 * Light polling: one small request a second while a run is live, none while nobody looks or the
 * browser tab is hidden. (A stream per run would use up the six connections a browser has.)
 */
export class Feed implements IFeed {
  constructor(readonly client: Client) {
    this._poll = new Poll({
      name: '@spikex/lab:feed',
      auto: false,
      factory: () => this._ask(false),
      frequency: { interval: QUIET, backoff: true, max: 30_000 },
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

  watch(): IDisposable {
    this._watchers += 1;
    if (this._watchers === 1) {
      this._ticks = 0;
      void this._poll.refresh();
    }
    return new DisposableDelegate(() => {
      this._watchers -= 1;
      if (this._watchers === 0) {
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
    const withModels = all || this._overview.models === null || this._ticks % MODELS_EVERY === 0;
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
    const interval = overview.runs?.some(isLive) ? BUSY : QUIET;
    if (this._poll.frequency.interval !== interval) {
      this._poll.frequency = { ...this._poll.frequency, interval };
    }
    this._changed.emit(overview);
  }

  private _overview: IOverview = {
    models: null,
    runs: null,
    modelCount: 0,
    runCount: 0,
    error: null
  };
  private _ticks = 0;
  private _watchers = 0;
  private readonly _changed = new Signal<IFeed, IOverview>(this);
  private readonly _revised = new Signal<IFeed, void>(this);
  private readonly _poll: Poll;
}
