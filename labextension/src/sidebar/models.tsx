import { Time } from '@jupyterlab/coreutils';
import { launchIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { CommandIDs } from '../commands';
import type { IModelItem } from '../types';
import type { ISectionProps } from './panel';

/** The models of the store, the latest first; where there is none, the way to the first. */
export function ModelList({ overview, trans, execute }: ISectionProps): JSX.Element {
  const { models, modelCount, error } = overview;
  if (models === null) {
    return <p className="spx-Empty">{error === null && trans.__('Loading…')}</p>;
  }
  if (models.length === 0) {
    return (
      <div className="spx-Empty">
        <p>{trans.__('No models yet. The quickstart builds one in ten short cells.')}</p>
        <button
          className="jp-mod-styled jp-mod-accept"
          onClick={() => execute(CommandIDs.openQuickstart)}
        >
          {trans.__('Open the quickstart')}
        </button>
      </div>
    );
  }
  const describe = (model: IModelItem): string =>
    model.steps > 1
      ? trans.__('v%1 · %2 nodes · %3 steps', model.version, model.nodes, model.steps)
      : trans.__('v%1 · %2 nodes', model.version, model.nodes);
  return (
    <ul className="spx-List" aria-label={trans.__('Models')}>
      {models.map(model => (
        <li key={model.id} className="spx-Item spx-Item-row" data-model={model.id}>
          <button
            className="spx-Item-main"
            title={trans.__('Put the code that opens this model into the notebook, or copy it')}
            onClick={() => execute(CommandIDs.insertModelCode, { model: model.name })}
          >
            <span className="spx-Item-name">{model.name}</span>
            <span className="spx-Item-meta">
              {describe(model)} ·{' '}
              <time dateTime={model.updated}>{Time.formatHuman(model.updated)}</time>
            </span>
          </button>
          <button
            className="spx-Action jp-Button jp-mod-minimal"
            title={trans.__('Open %1 in the Lab', model.name)}
            aria-label={trans.__('Open %1 in the Lab', model.name)}
            onClick={() => execute(CommandIDs.openLab, { model: model.id })}
          >
            <launchIcon.react tag="span" elementSize="normal" />
          </button>
        </li>
      ))}
      {modelCount > models.length && (
        <li className="spx-More">{trans.__('and %1 more', modelCount - models.length)}</li>
      )}
    </ul>
  );
}
