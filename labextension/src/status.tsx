import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import React from 'react';

import { spikexIcon } from './icons';
import type { IFeed } from './tokens';
import { isLive, type IRunItem } from './types';

/** The runs that may still change by themselves. */
export function liveRuns(feed: IFeed): IRunItem[] {
  return feed.overview.runs?.filter(isLive) ?? [];
}

/** Runs in progress, in the status bar. */
export class RunStatus extends ReactWidget {
  constructor(
    private readonly feed: IFeed,
    private readonly trans: TranslationBundle,
    private readonly reveal: () => void
  ) {
    super();
    this.addClass('spx-Status');
    feed.changed.connect(() => this.turned.emit());
  }

  /** Emitted when there may be more, fewer or no runs in progress. */
  readonly turned = new Signal<RunStatus, void>(this);

  protected override render(): JSX.Element {
    const { feed } = this;
    return (
      <UseSignal signal={feed.changed} initialSender={feed}>
        {() => this._line(liveRuns(feed))}
      </UseSignal>
    );
  }

  private _line(runs: IRunItem[]): JSX.Element {
    const { trans } = this;
    const share = runs.reduce((sum, run) => sum + (run.progress?.fraction ?? 0), 0);
    const percent = runs.length ? Math.round((100 * share) / runs.length) : 0;
    const text = trans._n('%1 run, %2 %', '%1 runs, %2 %', runs.length, percent);
    return (
      <button
        className="spx-Status-button"
        title={trans.__('Runs in progress: show them in the side bar')}
        aria-label={trans.__('Runs in progress: %1', text)}
        onClick={this.reveal}
      >
        <spikexIcon.react tag="span" elementSize="small" />
        {text}
      </button>
    );
  }
}
