import React from 'react';

import { accuracy, outcome, position, stateLabel } from '../../sidebar/describe';
import { isLive, type IRunItem } from '../../types';
import { useConsole } from '../context';
import { Moment } from '../format';
import { PageLink } from '../parts/links';
import { MenuButton } from '../parts/menu';
import { Table, type IColumn, type ISelection } from '../parts/table';
import { runMenu } from './menu';

/** How often to look, in ms, while a run of the page is live. */
const LIVE = 1000;

/** Runs with their state as it is now; of all models or of one. */
export function RunTable(props: {
  label: string;
  model?: string;
  state?: string;
  filters?: React.ReactNode;
  selection?: ISelection<IRunItem>;
  empty: React.ReactNode;
}): JSX.Element {
  const { client, trans } = useConsole();
  const { label, model, state, filters, selection, empty } = props;
  const columns: IColumn<IRunItem>[] = [
    {
      id: 'name',
      label: trans.__('Run'),
      sort: 'name',
      render: run => (
        <PageLink page="run" params={{ run: run.id }}>
          {run.name}
        </PageLink>
      )
    },
    {
      id: 'state',
      label: trans.__('State'),
      sort: 'state',
      render: run => <State run={run} />
    },
    {
      id: 'progress',
      label: trans.__('Progress or result'),
      render: run => (isLive(run) ? <Progress run={run} /> : outcome(run, trans).split(' · ')[0])
    },
    {
      id: 'dataset',
      label: trans.__('Dataset'),
      render: run => run.dataset
    },
    {
      id: 'device',
      label: trans.__('Target'),
      render: run => `${run.target}, ${run.device}`
    },
    {
      id: 'created',
      label: trans.__('Created'),
      sort: 'created',
      render: run => <Moment time={run.created} />
    },
    {
      id: 'actions',
      label: trans.__('Actions'),
      render: run => (
        <MenuButton label={trans.__('Actions on the run %1', run.name)} entries={runMenu(run)} />
      )
    }
  ];
  return (
    <Table
      label={label}
      columns={columns}
      load={({ page, page_size, sort }) => client.runs({ page, page_size, sort, model, state })}
      deps={[model, state]}
      defaultSort="-created"
      filters={filters}
      selection={selection}
      empty={empty}
      rowKey={run => run.id}
      rowClass={run => `spx-mod-${run.state}`}
      interval={runs => (runs.some(isLive) ? LIVE : null)}
    />
  );
}

/** The state in a word, with the reason where the run has failed. */
export function State({ run }: { run: IRunItem }): JSX.Element {
  const { trans } = useConsole();
  return (
    <span className={`spx-RunState spx-mod-${run.state}`} title={run.error ?? undefined}>
      {stateLabel(run.state, trans)}
    </span>
  );
}

/** How far a live run is. */
export function Progress({ run }: { run: IRunItem }): JSX.Element {
  const { trans } = useConsole();
  const done = Math.round(100 * Math.min(1, Math.max(0, run.progress.fraction)));
  const words = position(run, trans) || accuracy(run, trans);
  return (
    <div
      className="spx-RunProgress"
      role="progressbar"
      aria-label={trans.__('Progress of %1', run.name)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={done}
      aria-valuetext={trans.__('%1 %, %2', done, words)}
    >
      <div className="spx-Progress">
        <div className="spx-Progress-bar" style={{ width: `${done}%` }} />
      </div>
      <span>{words}</span>
    </div>
  );
}
