import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import type { IComponent } from '../../types';
import { useConsole } from '../context';
import { Fact, Facts } from '../parts/facts';
import { stateWords } from '../library/words';

/** What identifies a component: id, version, who wrote it, under which licence, how it is tagged. */
export function Identity(props: {
  component: IComponent;
  waiting: boolean;
  onVersion: (version: string) => void;
}): JSX.Element {
  const { open, trans } = useConsole();
  const { component, waiting, onVersion } = props;
  const { id, kind, version, versions, state, authors, license, tags } = component;
  return (
    <>
      <Facts>
        <Fact name={trans.__('Id')}>
          <code>{id}</code>
        </Fact>
        <Fact name={trans.__('Kind')}>{kind}</Fact>
        <Fact name={trans.__('Version')}>
          {versions.length > 1 && !waiting ? (
            <HTMLSelect
              aria-label={trans.__('Version')}
              value={version}
              onChange={event => onVersion(event.target.value)}
            >
              {versions.map(one => (
                <option key={one.version}>{one.version}</option>
              ))}
            </HTMLSelect>
          ) : (
            version
          )}
        </Fact>
        <Fact name={trans.__('State')}>{stateWords(state, trans)}</Fact>
        <Fact name={trans.__('Author')}>{authors.join(', ')}</Fact>
        <Fact name={trans.__('Licence')}>{license}</Fact>
      </Facts>
      {tags.length > 0 && (
        <ul className="spx-Tags" aria-label={trans.__('Tags')}>
          {tags.map(tag => (
            <li key={tag}>
              <button
                type="button"
                className="spx-Tag"
                title={trans.__('Show the components tagged "%1"', tag)}
                onClick={() => open('library', { tag })}
              >
                {tag}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
