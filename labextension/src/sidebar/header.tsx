import React from 'react';

import { CommandIDs } from '../commands';
import { explain } from '../errors';
import type { ISectionProps } from './panel';

/** The name, and what went wrong where something did. */
export function Header({ overview, trans, execute }: ISectionProps): JSX.Element {
  return (
    <>
      <h2 className="spx-Header">{trans.__('SPIKE-X Lab')}</h2>
      {overview.error !== null && (
        <div className="spx-Error" role="alert">
          <span>{explain(overview.error, trans)}</span>
          <button
            className="jp-mod-styled jp-mod-small"
            onClick={() => execute(CommandIDs.refresh)}
          >
            {trans.__('Try again')}
          </button>
        </div>
      )}
    </>
  );
}
