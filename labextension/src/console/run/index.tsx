import React from 'react';

import { CommandIDs } from '../../commands';
import { accuracy, actions } from '../../sidebar/describe';
import { isLive, type IRun } from '../../types';
import { useConsole, useTitle } from '../context';
import { flatten } from '../flatten';
import { Moment } from '../format';
import type { IPageProps } from '../pages';
import { CommandButton } from '../parts/buttons';
import { Frame, Section } from '../parts/frame';
import { PageLink } from '../parts/links';
import { MenuButton } from '../parts/menu';
import { Await } from '../parts/states';
import { runMenu } from '../runs/menu';
import { Progress, State } from '../runs/table';
import { Artifacts } from './artifacts';
import { Curves } from './curves';
import { Evaluations } from './evaluations';
import { useRun } from './source';

/** One run, live or ended: its curves, evaluations, files, and what it was asked for. */
export default function RunPage({ params }: IPageProps): JSX.Element {
  const { trans } = useConsole();
  const followed = useRun(params.run);
  const run = followed.data?.run;
  useTitle(run && trans.__('Run %1', run.name));
  const tools = run && (
    <>
      {actions(run.state).map(action => (
        <CommandButton
          key={action}
          command={CommandIDs.controlRun}
          args={{ run: run.id, action }}
        />
      ))}
      <MenuButton label={trans.__('Actions on the run %1', run.name)} entries={runMenu(run)} />
    </>
  );
  return (
    <Frame title={run?.name ?? trans.__('Run')} toolsLabel={trans.__('Run: tools')} tools={tools}>
      <Await resource={followed}>
        {({ run: item, epochs }) => (
          <>
            <Head run={item} />
            <Section title={trans.__('Curves')}>
              {epochs.length > 0 ? (
                <Curves runs={[{ name: item.name, epochs }]} />
              ) : (
                <p>{trans.__('No epoch has ended yet.')}</p>
              )}
            </Section>
            <Evaluations run={item} />
            <Artifacts run={item} />
            <Section title={trans.__('Training')}>
              <Parameters of={item.spec.training} />
            </Section>
          </>
        )}
      </Await>
    </Frame>
  );
}

function Head({ run }: { run: IRun }): JSX.Element {
  const { trans } = useConsole();
  const score = accuracy(run, trans);
  const facts: [string, React.ReactNode][] = [
    [trans.__('State'), <State key="state" run={run} />],
    [
      trans.__('Model'),
      run.model_id ? (
        <PageLink key="model" page="model" params={{ model: run.model_id }}>
          {trans.__('%1, version %2', run.model_name, run.model_version)}
        </PageLink>
      ) : (
        run.model_name
      )
    ],
    [trans.__('Dataset'), run.dataset],
    [trans.__('Target'), `${run.target}, ${run.device}`],
    [trans.__('Created'), <Moment key="created" time={run.created} />],
    [trans.__('Ended'), run.ended && <Moment key="ended" time={run.ended} />],
    [trans.__('Result'), !isLive(run) && score]
  ];
  return (
    <div className="spx-RunHead">
      {isLive(run) && <Progress run={run} />}
      {run.error && (
        <div className="spx-Error" role="alert">
          {run.error}
        </div>
      )}
      <dl className="spx-Facts">
        {facts.map(
          ([term, value]) =>
            value && (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{value}</dd>
              </div>
            )
        )}
      </dl>
    </div>
  );
}

function Parameters(props: { of: unknown }): JSX.Element {
  return (
    <dl className="spx-Facts">
      {[...flatten(props.of)].map(([path, value]) => (
        <div key={path}>
          <dt>{path}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
