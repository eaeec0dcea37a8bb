import React from 'react';

import type { IRun } from '../../types';
import { useConsole } from '../context';
import { bytes } from '../format';
import { Section } from '../parts/frame';
import { Await } from '../parts/states';
import { useResource } from '../resource';

/** The files that the run has left, each a download. */
export function Artifacts({ run }: { run: IRun }): JSX.Element {
  const { client, trans } = useConsole();
  const found = useResource(() => client.artifacts(run.id), [run.id, run.state]);
  return (
    <Section title={trans.__('Files')}>
      <Await resource={found}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{trans.__('The run has left no files yet.')}</p>
          ) : (
            <ul className="spx-Files">
              {items.map(({ name, size, sha256 }) => (
                <li key={name}>
                  <a href={client.artifactUrl(run.id, name)} download={name} title={sha256}>
                    {name}
                  </a>{' '}
                  {bytes(size)}
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </Section>
  );
}
