import type { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon, pauseIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { CommandIDs } from '../commands';
import { Action, IRunItem, isLive } from '../types';
import { accuracy, actions, outcome, position, stateLabel } from './describe';
import type { ISectionProps } from './panel';

/** The runs: live ones first, each with its progress, then the latest that have ended. */
export function RunList({ overview, trans, execute }: ISectionProps): JSX.Element {
  const { runs, runCount, error } = overview;
  if (runs === null) {
    return <p className="spx-Empty">{error === null && trans.__('Loading…')}</p>;
  }
  if (runs.length === 0) {
    return <p className="spx-Empty">{trans.__('No runs yet. A training shows up here.')}</p>;
  }
  const ordered = [...runs.filter(isLive), ...runs.filter(run => !isLive(run))];
  return (
    <ul className="spx-List" aria-label={trans.__('Runs')}>
      {ordered.map(run => (
        <RunItem key={run.id} run={run} trans={trans} execute={execute} />
      ))}
      {runCount > runs.length && (
        <li className="spx-More">{trans.__('and %1 more', runCount - runs.length)}</li>
      )}
    </ul>
  );
}

function RunItem(props: Omit<ISectionProps, 'overview'> & { run: IRunItem }): JSX.Element {
  const { run, trans, execute } = props;
  return (
    <li className={`spx-Item spx-mod-${run.state}`} data-run={run.id}>
      <div className="spx-Item-row">
        <button
          className="spx-Item-main"
          title={trans.__('Put the code that opens this run into the notebook, or copy it')}
          onClick={() => execute(CommandIDs.insertRunCode, { run: run.id })}
        >
          <span className="spx-Item-name">
            {run.model_name || run.name}
            <span className="spx-State">{stateLabel(run.state, trans)}</span>
          </span>
          <span className="spx-Item-meta">
            {isLive(run) ? position(run, trans) : outcome(run, trans)}
          </span>
        </button>
        {actions(run.state).map(action => (
          <ActionButton key={action} action={action} run={run} trans={trans} execute={execute} />
        ))}
      </div>
      {isLive(run) && <Progress run={run} trans={trans} />}
    </li>
  );
}

const ICONS: Record<Action, LabIcon> = { pause: pauseIcon, resume: runIcon, stop: stopIcon };

function ActionButton(
  props: Omit<ISectionProps, 'overview'> & { run: IRunItem; action: Action }
): JSX.Element {
  const { action, run, trans, execute } = props;
  const Icon = ICONS[action];
  const name = run.model_name || run.name;
  const labels: Record<Action, string> = {
    pause: trans.__('Pause the run of %1', name),
    resume: trans.__('Resume the run of %1', name),
    stop: trans.__('Stop the run of %1', name)
  };
  return (
    <button
      className="spx-Action jp-Button jp-mod-minimal"
      title={labels[action]}
      aria-label={labels[action]}
      onClick={() => execute(CommandIDs.controlRun, { run: run.id, action })}
    >
      <Icon.react tag="span" elementSize="normal" />
    </button>
  );
}

function Progress({ run, trans }: { run: IRunItem; trans: TranslationBundle }): JSX.Element {
  const percent = Math.round(100 * Math.min(1, Math.max(0, run.progress.fraction)));
  const text = accuracy(run, trans);
  return (
    <div
      className="spx-Progress"
      role="progressbar"
      aria-label={trans.__('Progress of %1', run.model_name || run.name)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text ? trans.__('%1 %, %2', percent, text) : trans.__('%1 %', percent)}
    >
      <div className="spx-Progress-bar" style={{ width: `${percent}%` }} />
    </div>
  );
}
