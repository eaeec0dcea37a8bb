import React from 'react';

import type { IDefinition } from '../../types';
import { useConsole } from '../context';
import { Section } from '../parts/frame';

/** The papers that a component follows, with the way to each. */
export function Papers(props: {
  references: NonNullable<IDefinition['references']>;
}): JSX.Element | null {
  const { trans } = useConsole();
  const { references } = props;
  if (references.length === 0) {
    return null;
  }
  return (
    <Section title={trans.__('Papers')}>
      <ul className="spx-Papers">
        {references.map(({ authors, title, year, venue, doi, url, note }) => {
          const address = doi ? `https://doi.org/${encodeURI(doi)}` : url;
          return (
            <li key={title}>
              {authors} ({year}). <i>{title}</i>
              {venue && `. ${venue}`}
              {address && (
                <>
                  {'. '}
                  <a href={address} target="_blank" rel="noopener noreferrer">
                    {doi ? `doi:${doi}` : address}
                  </a>
                </>
              )}
              {note && <div className="spx-Muted">{note}</div>}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
