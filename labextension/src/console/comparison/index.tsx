import React from 'react';

import { accuracy } from '../../sidebar/describe';
import { useConsole } from '../context';
import type { IPageProps } from '../pages';
import { Differences } from '../parts/differences';
import { Frame, Section } from '../parts/frame';
import { PageLink } from '../parts/links';
import { Await } from '../parts/states';
import { useResource } from '../resource';
import { Curves } from '../run/curves';
import { State } from '../runs/table';
import { isLive, type IRun } from '../../types';

/** How often to look, in ms, while one of the runs is live. */
const LIVE = 2000;

/** Several runs: their curves over one axis, their parameters side by side. */
export default function Comparison({ params }: IPageProps): JSX.Element {
  const { client, trans } = useConsole();
  const [live, setLive] = React.useState(false);
  const ids = params.runs.split(',');
  const found = useResource(
    async () => {
      const ask = async (id: string) => {
        const [run, metrics] = await Promise.all([client.run(id), client.metrics(id)]);
        return { run, epochs: metrics.items };
      };
      const all = await Promise.all(ids.map(ask));
      setLive(all.some(({ run }) => isLive(run)));
      return all;
    },
    [params.runs],
    live ? LIVE : null
  );
  const names = distinct(found.data?.map(({ run }) => run) ?? []);
  return (
    <Frame title={trans.__('Comparison of %1 runs', ids.length)}>
      <Await resource={found}>
        {all => (
          <>
            <div className="spx-Table-scroll">
              <table className="spx-Table" aria-label={trans.__('The runs')}>
                <thead>
                  <tr>
                    <th scope="col">{trans.__('Run')}</th>
                    <th scope="col">{trans.__('State')}</th>
                    <th scope="col">{trans.__('Result')}</th>
                  </tr>
                </thead>
                <tbody>
                  {all.map(({ run }, index) => (
                    <tr key={run.id}>
                      <td>
                        <PageLink page="run" params={{ run: run.id }}>
                          {names[index]}
                        </PageLink>
                      </td>
                      <td>
                        <State run={run} />
                      </td>
                      <td>{accuracy(run, trans)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <Section title={trans.__('Curves')}>
              <Curves runs={all.map(({ epochs }, index) => ({ name: names[index], epochs }))} />
            </Section>
            <Section title={trans.__('Parameters')}>
              <Differences
                label={trans.__('Parameters of the runs')}
                heads={names}
                things={all.map(({ run }) => run.spec)}
              />
            </Section>
          </>
        )}
      </Await>
    </Frame>
  );
}

/** Names that tell the runs apart: a number behind those that occur more than once. */
function distinct(runs: readonly IRun[]): string[] {
  const times = new Map<string, number>();
  return runs.map(({ name }) => {
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return runs.filter(other => other.name === name).length > 1 ? `${name} (${before + 1})` : name;
  });
}
