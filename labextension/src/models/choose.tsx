import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';

import type { Client } from '../client';
import { explain } from '../errors';
import type { IModelItem } from '../types';

const SHOWN = 50;
/** How long to wait for the next letter before the server is asked, in ms. */
const PAUSE = 200;

/** Ask which model; null when none was chosen. */
export async function askModel(
  client: Client,
  trans: TranslationBundle
): Promise<IModelItem | null> {
  const body = new Chooser(client, trans);
  const { button } = await showDialog({
    title: trans.__('Open Model'),
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Open') })
    ],
    focusNodeSelector: 'input'
  });
  return button.accept ? body.getValue() : null;
}

class Chooser extends ReactWidget implements Dialog.IBodyWidget<IModelItem | null> {
  constructor(
    private readonly client: Client,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('spx-DialogForm');
  }

  getValue(): IModelItem | null {
    return this._chosen;
  }

  protected override render(): JSX.Element {
    const { client, trans } = this;
    return <Choice client={client} trans={trans} choose={model => (this._chosen = model)} />;
  }

  private _chosen: IModelItem | null = null;
}

function Choice(props: {
  client: Client;
  trans: TranslationBundle;
  choose: (model: IModelItem | null) => void;
}): JSX.Element {
  const { client, trans, choose } = props;
  const [search, setSearch] = useState('');
  const [models, setModels] = useState<IModelItem[] | null>(null);
  const [error, setError] = useState('');

  useEffect(() => {
    let isOld = false;
    const ask = async (): Promise<void> => {
      try {
        const { items } = await client.models({ search, page_size: SHOWN });
        if (!isOld) {
          setError('');
          setModels(items);
          choose(items[0] ?? null);
        }
      } catch (failure) {
        if (!isOld) {
          setError(explain(failure, trans));
        }
      }
    };
    const timer = window.setTimeout(() => void ask(), models === null ? 0 : PAUSE);
    return () => {
      isOld = true;
      window.clearTimeout(timer);
    };
  }, [search]);

  return (
    <div className="spx-DialogForm-field">
      <label htmlFor="spx-model-search">{trans.__('Search')}</label>
      <input
        id="spx-model-search"
        className="jp-mod-styled"
        type="search"
        autoComplete="off"
        onChange={event => setSearch(event.target.value)}
      />
      {error && (
        <p role="alert" className="spx-DialogForm-error">
          {error}
        </p>
      )}
      <select
        className="spx-Chooser"
        size={8}
        aria-label={trans.__('Models')}
        defaultValue={models?.[0]?.id}
        key={models?.[0]?.id}
        onChange={event => choose(models?.find(({ id }) => id === event.target.value) ?? null)}
      >
        {models?.map(model => (
          <option key={model.id} value={model.id}>
            {trans.__(
              '%1 (version %2, %3)',
              model.name,
              model.version,
              Time.formatHuman(model.updated)
            )}
          </option>
        ))}
      </select>
      {models?.length === 0 && (
        <p role="status">
          {search ? trans.__('No model has that in its name.') : trans.__('There is no model yet.')}
        </p>
      )}
    </div>
  );
}
