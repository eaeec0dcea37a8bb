import React from 'react';

import { CommandIDs } from '../../commands';
import { outcome } from '../../sidebar/describe';
import { isLive, type IRunItem } from '../../types';
import { useConsole } from '../context';
import { Moment, percent } from '../format';
import { CommandButton } from '../parts/buttons';
import { Sparkline } from '../parts/chart';
import { Frame, Section } from '../parts/frame';
import { PageLink } from '../parts/links';
import { Await, Empty } from '../parts/states';
import { useResource } from '../resource';
import { Progress, State } from '../runs/table';
import { Resources } from './resources';

/** How many of each are shown. */
const RECENT = 6;
/** How often to look, in ms: while a run is live, and while all is quiet. */
const BUSY = 1000;
const QUIET = 5000;

/** What is going on: runs with their curves, models, the machine. */
export default function Dashboard(): JSX.Element {
  const { trans } = useConsole();
  return (
    <Frame
      title={trans.__('Dashboard')}
      toolsLabel={trans.__('Dashboard: tools')}
      tools={<CommandButton command={CommandIDs.newModel} primary />}
    >
      <Resources />
      <RecentRuns />
      <RecentModels />
    </Frame>
  );
}

function RecentRuns(): JSX.Element {
  const { client, trans } = useConsole();
  const [live, setLive] = React.useState(false);
  const found = useResource(
    async () => {
      const runs = await client.runs({ page_size: RECENT, sort: '-created' });
      setLive(runs.items.some(isLive));
      return runs;
    },
    [],
    live ? BUSY : QUIET
  );
  return (
    <Section
      title={trans.__('Runs')}
      tools={<PageLink page="runs">{trans.__('All runs')}</PageLink>}
    >
      <Await resource={found}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty text={trans.__('No runs yet. A training shows up here.')} />
          ) : (
            <ul className="spx-Cards" aria-label={trans.__('Recent runs')}>
              {items.map(run => (
                <RunCard key={run.id} run={run} />
              ))}
            </ul>
          )
        }
      </Await>
    </Section>
  );
}

function RunCard({ run }: { run: IRunItem }): JSX.Element {
  const { client, trans } = useConsole();
  // Asked again at every epoch, so that the curve grows with the run.
  const metrics = useResource(() => client.metrics(run.id), [run.id, run.progress.epoch]);
  const losses = (metrics.data?.items ?? []).flatMap(figures => {
    const loss = (figures as Record<string, unknown>).train_loss;
    return typeof loss === 'number' ? [loss] : [];
  });
  return (
    <li className={`spx-Card spx-mod-${run.state}`} data-key={run.id}>
      <div className="spx-Card-head">
        <PageLink page="run" params={{ run: run.id }}>
          {run.name}
        </PageLink>
        <State run={run} />
      </div>
      <Sparkline values={losses} label={trans.__('Loss of %1 over its epochs', run.name)} />
      {isLive(run) ? <Progress run={run} /> : <span>{outcome(run, trans)}</span>}
    </li>
  );
}

function RecentModels(): JSX.Element {
  const { client, trans } = useConsole();
  const found = useResource(() => client.models({ page_size: RECENT, sort: '-updated' }), []);
  return (
    <Section
      title={trans.__('Models')}
      tools={<PageLink page="models">{trans.__('All models')}</PageLink>}
    >
      <Await resource={found}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty text={trans.__('No models yet. The quickstart builds one in ten short cells.')}>
              <CommandButton command={CommandIDs.openQuickstart} primary />
            </Empty>
          ) : (
            <ul className="spx-Cards" aria-label={trans.__('Recent models')}>
              {items.map(model => (
                <li key={model.id} className="spx-Card">
                  <PageLink page="model" params={{ model: model.id }}>
                    {model.name}
                  </PageLink>
                  <span>
                    {trans.__('version %1, %2 nodes', model.version, model.nodes)} ·{' '}
                    <Moment time={model.updated} />
                  </span>
                  {percent(model.last_run?.accuracy) && (
                    <span>{trans.__('test accuracy %1', percent(model.last_run?.accuracy))}</span>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </Section>
  );
}
