import type { Dialog } from '@jupyterlab/apputils';
import { Time } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import type { Client } from '../client';
import { ActingDialog, ask } from '../dialogs/acting';
import { explain } from '../errors';
import type { IModelItem } from '../types';

const SHOWN = 50;
/** How long to wait for the next letter before the server is asked, in ms. */
const PAUSE = 200;

/** Ask which model; null when none was chosen. */
export function askModel(client: Client, trans: TranslationBundle): Promise<IModelItem | null> {
  return ask(() => new ChooserDialog(client, trans));
}

/** A dialog that opens what was found for the words that stand there, however fast Enter follows. */
class ChooserDialog extends ActingDialog<IModelItem> {
  constructor(client: Client, trans: TranslationBundle) {
    const body = new Chooser(client, trans);
    super({ title: trans.__('Open Model'), accept: trans.__('Open'), trans, body });
    this._chooser = body;
  }

  protected override async act(): Promise<IModelItem | null> {
    await this._chooser.settled();
    return this._chooser.getValue();
  }

  private readonly _chooser: Chooser;
}

/** A search, and the list of what it finds. */
class Chooser extends ReactWidget implements Dialog.IBodyWidget<IModelItem | null> {
  constructor(
    private readonly client: Client,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('spx-DialogForm');
    this._search('', 0);
  }

  /** The model chosen; at first the one on top of the list. */
  getValue(): IModelItem | null {
    return this._chosen;
  }

  /** Wait until the list is that of the words. */
  async settled(): Promise<void> {
    let asked;
    do {
      asked = this._asked;
      await asked;
    } while (asked !== this._asked);
  }

  protected override render(): JSX.Element {
    const { trans, _models: models, _error: error, _words: words } = this;
    return (
      <div className="spx-DialogForm-field">
        <label htmlFor="spx-model-search">{trans.__('Search')}</label>
        <input
          id="spx-model-search"
          className="jp-mod-styled"
          type="search"
          autoComplete="off"
          onChange={event => this._search(event.target.value, PAUSE)}
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
          onChange={({ target }) => {
            this._chosen = models?.find(({ id }) => id === target.value) ?? null;
          }}
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
            {words
              ? trans.__('No model has that in its name.')
              : trans.__('There is no model yet.')}
          </p>
        )}
      </div>
    );
  }

  private _search(words: string, pause: number): void {
    this._words = words;
    this._asked = this._list(words, pause);
  }

  private async _list(words: string, pause: number): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, pause));
    const isOld = (): boolean => this.isDisposed || words !== this._words;
    if (isOld()) {
      return;
    }
    try {
      const { items } = await this.client.models({ search: words, page_size: SHOWN });
      if (isOld()) {
        return;
      }
      this._error = '';
      this._models = items;
    } catch (failure) {
      if (isOld()) {
        return;
      }
      this._error = explain(failure, this.trans);
      this._models = null;
    }
    this._chosen = this._models?.[0] ?? null;
    this.update();
  }

  private _words = '';
  private _asked: Promise<void> = Promise.resolve();
  private _models: IModelItem[] | null = null;
  private _chosen: IModelItem | null = null;
  private _error = '';
}
