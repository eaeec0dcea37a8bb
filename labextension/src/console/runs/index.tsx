import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import { stateLabel } from '../../sidebar/describe';
import type { RunState } from '../../types';
import { useConsole } from '../context';
import { Button } from '../parts/buttons';
import { Frame } from '../parts/frame';
import { Empty } from '../parts/states';
import { RunTable } from './table';

const STATES: readonly RunState[] = ['finished', 'stopped', 'failed', 'interrupted', 'queued'];
/** How many runs a comparison can hold: one colour each. */
const MOST = 6;

/** All runs, live ones with their progress; ticked ones are compared. */
export default function Runs(): JSX.Element {
  const { open, trans } = useConsole();
  const [state, setState] = React.useState('');
  const [ticked, setTicked] = React.useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string): void => {
    const next = new Set(ticked);
    if (!next.delete(id)) {
      next.add(id);
    }
    setTicked(next);
  };
  const compare = trans.__('Compare %1 runs', ticked.size);
  return (
    <Frame
      title={trans.__('Runs')}
      toolsLabel={trans.__('Runs: tools')}
      tools={
        <Button
          label={ticked.size < 2 ? trans.__('Compare') : compare}
          title={trans.__('Tick from 2 to %1 runs to compare them', MOST)}
          primary
          disabled={ticked.size < 2 || ticked.size > MOST}
          onClick={() => open('comparison', { runs: [...ticked].join(',') })}
        />
      }
    >
      <RunTable
        label={trans.__('Runs')}
        state={state}
        filters={
          <HTMLSelect
            aria-label={trans.__('State')}
            value={state}
            onChange={event => setState(event.target.value)}
          >
            <option value="">{trans.__('any state')}</option>
            <option value="live">{trans.__('live')}</option>
            {STATES.map(one => (
              <option key={one} value={one}>
                {stateLabel(one, trans)}
              </option>
            ))}
          </HTMLSelect>
        }
        selection={{
          keys: ticked,
          toggle: run => toggle(run.id),
          label: run => trans.__('Compare the run %1', run.name)
        }}
        empty={
          <Empty
            text={
              state
                ? trans.__('No run is in this state.')
                : trans.__('No runs yet. A training shows up here.')
            }
          />
        }
      />
    </Frame>
  );
}
