import React from 'react';

import { CommandIDs } from '../../commands';
import type { IModel } from '../../types';
import { useConsole, useTitle } from '../context';
import { Moment } from '../format';
import { modelMenu } from '../models/menu';
import type { IPageProps } from '../pages';
import { CommandButton } from '../parts/buttons';
import { Differences } from '../parts/differences';
import { Frame, Section } from '../parts/frame';
import { MenuButton } from '../parts/menu';
import { Await, Empty } from '../parts/states';
import { useResource } from '../resource';
import { RunTable } from '../runs/table';

/** One model: its versions and how they differ, its runs. */
export default function ModelPage({ params }: IPageProps): JSX.Element {
  const { client, trans } = useConsole();
  const model = useResource(() => client.model(params.model), [params.model]);
  useTitle(model.data?.name);
  const tools = model.data && (
    <>
      <CommandButton command={CommandIDs.openLab} args={{ model: model.data.id }} primary />
      <MenuButton
        label={trans.__('Actions on %1', model.data.name)}
        entries={modelMenu(model.data.id, model.data.name)}
      />
    </>
  );
  return (
    <Frame
      title={model.data?.name ?? trans.__('Model')}
      toolsLabel={trans.__('Model: tools')}
      tools={tools}
    >
      <Await resource={model}>
        {found => (
          <>
            <p>{found.spec.description}</p>
            <Section title={trans.__('Versions')}>
              <Versions model={found} />
            </Section>
            <Section title={trans.__('Runs')}>
              <RunTable
                label={trans.__('Runs of %1', found.name)}
                model={found.id}
                empty={<Empty text={trans.__('This model has not been trained yet.')} />}
              />
            </Section>
          </>
        )}
      </Await>
    </Frame>
  );
}

/** The list of versions; two of them are chosen to see what differs. */
function Versions({ model }: { model: IModel }): JSX.Element {
  const { trans } = useConsole();
  const several = model.versions.length > 1;
  const newest = model.versions[model.versions.length - 1].version;
  const [from, setFrom] = React.useState(Math.max(1, newest - 1));
  const [to, setTo] = React.useState(newest);
  React.useEffect(() => {
    setFrom(Math.max(1, newest - 1));
    setTo(newest);
  }, [newest]);
  const choice = (
    label: string,
    version: number,
    chosen: number,
    choose: (version: number) => void
  ): JSX.Element => (
    <input
      type="radio"
      aria-label={label}
      checked={version === chosen}
      onChange={() => choose(version)}
    />
  );
  return (
    <>
      <div className="spx-Table-scroll">
        <table className="spx-Table" aria-label={trans.__('Versions of %1', model.name)}>
          <thead>
            <tr>
              {several && <th scope="col">{trans.__('From')}</th>}
              {several && <th scope="col">{trans.__('To')}</th>}
              <th scope="col">{trans.__('Version')}</th>
              <th scope="col">{trans.__('Message')}</th>
              <th scope="col">{trans.__('Saved')}</th>
            </tr>
          </thead>
          <tbody>
            {[...model.versions].reverse().map(({ version, message, created }) => (
              <tr key={version}>
                {several && (
                  <td>{choice(trans.__('From version %1', version), version, from, setFrom)}</td>
                )}
                {several && (
                  <td>{choice(trans.__('To version %1', version), version, to, setTo)}</td>
                )}
                <td>{version}</td>
                <td>{message}</td>
                <td>
                  <Moment time={created} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {from !== to && <Difference id={model.id} from={from} to={to} />}
    </>
  );
}

function Difference(props: { id: string; from: number; to: number }): JSX.Element {
  const { client, trans } = useConsole();
  const { id, from, to } = props;
  const both = useResource(
    () => Promise.all([client.model(id, from), client.model(id, to)]),
    [id, from, to]
  );
  return (
    <Await resource={both}>
      {models => (
        <Differences
          label={trans.__('What differs between version %1 and version %2', from, to)}
          heads={models.map(({ version }) => trans.__('Version %1', version))}
          things={models.map(({ spec }) => spec)}
        />
      )}
    </Await>
  );
}
