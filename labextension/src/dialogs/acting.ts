import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

export interface IActingOptions {
  title: string;
  /** The label of the button that acts. */
  accept: string;
  body: Dialog.IBodyWidget<unknown>;
  trans: TranslationBundle;
}

/** Show a dialog; return what came of it, null when it was dismissed. */
export async function ask<T>(make: () => ActingDialog<T>): Promise<T | null> {
  const dialog = make();
  try {
    await dialog.launch();
    return dialog.result;
  } finally {
    dialog.dispose();
  }
}

/** A dialog that closes only once what it asks for is done. */
export abstract class ActingDialog<T> extends Dialog<unknown> {
  constructor({ title, accept, body, trans }: IActingOptions) {
    super({
      title,
      body,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: accept })
      ],
      focusNodeSelector: 'input, select'
    });
  }

  /** What came of it; null before, and when it was dismissed. */
  result: T | null = null;

  override resolve(index?: number): void {
    if (index === 0) {
      super.resolve(index);
    } else if (!this._busy) {
      void this._try();
    }
  }

  /** Do it, and return what came of it; null lets the dialog stay. */
  protected abstract act(): Promise<T | null>;

  private async _try(): Promise<void> {
    this._busy = true;
    try {
      this.result = await this.act();
    } finally {
      this._busy = false;
    }
    if (this.result !== null) {
      super.resolve(1);
    }
  }

  private _busy = false;
}
