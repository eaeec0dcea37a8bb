import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { explain } from './errors';

interface INaming {
  title: string;
  label: string;
  value: string;
  accept: string;
  trans: TranslationBundle;
  /** Does what the name is for; what it throws is shown beside the name, which can be mended. */
  submit: (name: string) => Promise<unknown>;
}

/** Ask for a name until it serves or the person gives up; whether it served. */
export async function askName(naming: INaming): Promise<boolean> {
  const { title, accept, trans, submit } = naming;
  let { value } = naming;
  let error: unknown = null;
  for (;;) {
    const body = new NameInput(naming.label, value, error === null ? '' : explain(error, trans));
    const result = await showDialog({
      title,
      body,
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: accept })],
      focusNodeSelector: 'input'
    });
    if (!result.button.accept) {
      return false;
    }
    value = result.value ?? '';
    try {
      await submit(value.trim());
      return true;
    } catch (reason) {
      error = reason;
    }
  }
}

class NameInput extends ReactWidget implements Dialog.IBodyWidget<string> {
  constructor(
    private readonly label: string,
    private value: string,
    private readonly error: string
  ) {
    super();
  }

  getValue(): string {
    return this.value;
  }

  protected override render(): JSX.Element {
    return (
      <>
        <label>
          {this.label}
          <input
            className="jp-mod-styled"
            defaultValue={this.value}
            maxLength={100}
            aria-invalid={this.error !== ''}
            aria-describedby="spx-naming-error"
            onChange={event => {
              this.value = event.target.value;
            }}
          />
        </label>
        <div id="spx-naming-error" role="alert" className="spx-Dialog-error">
          {this.error}
        </div>
      </>
    );
  }
}
