import React from 'react';

import { useConsole } from '../context';
import { Section } from '../parts/frame';
import { PageLink } from '../parts/links';
import { Failure } from '../parts/states';
import { useResource } from '../resource';
import { useLibrary } from './client';

/** What others have handed in and nobody has decided on; nothing where there is none. */
export function Waiting(): JSX.Element | null {
  const { trans } = useConsole();
  const library = useLibrary();
  const waiting = useResource(() => library.waiting(), []);
  if (waiting.error !== null) {
    return <Failure error={waiting.error} retry={waiting.reload} />;
  }
  if (!waiting.data?.total) {
    return null;
  }
  return (
    <Section title={trans.__('Wait for your review')}>
      <ul className="spx-Cards">
        {waiting.data.items.map(({ id, name, summary, version, author }) => (
          <li key={id} className="spx-Card">
            <PageLink page="component" params={{ component: id, waiting: 'yes' }}>
              {trans.__('%1, version %2 by %3', name, version, author)}
            </PageLink>
            <p>{summary}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
