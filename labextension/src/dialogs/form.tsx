import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { explain } from '../errors';
import { ProblemError } from '../request';

export interface IField {
  name: string;
  label: string;
  kind: 'text' | 'select';
  value: string;
  /** What to say where it is left empty; it may be, without. */
  required?: string;
  /** What a select offers. */
  options?: { value: string; label: string }[];
  /** One line under the field. */
  help?: string;
}

export type Values = Record<string, string>;

export interface IFormOptions<T> {
  title: string;
  /** The label of the button that submits. */
  accept: string;
  fields: IField[];
  trans: TranslationBundle;
  /** Does it; what it throws is shown at the field it is about, and the dialog stays. */
  submit: (values: Values) => Promise<T>;
}

/** Ask with a form; return what `submit` returned, null when the dialog was dismissed. */
export async function askForm<T>(options: IFormOptions<T>): Promise<T | null> {
  const dialog = new FormDialog(options);
  await dialog.launch();
  return dialog.result;
}

/** A dialog that closes only once what it asks for is done. */
class FormDialog<T> extends Dialog<Values> {
  constructor(options: IFormOptions<T>) {
    const body = new FormBody(options.fields, options.trans);
    super({
      title: options.title,
      body,
      buttons: [
        Dialog.cancelButton({ label: options.trans.__('Cancel') }),
        Dialog.okButton({ label: options.accept })
      ],
      focusNodeSelector: 'input, select'
    });
    this.addClass('spx-FormDialog');
    this._form = body;
    this._act = options.submit;
  }

  /** What came of it; null before. */
  result: T | null = null;

  override resolve(index?: number): void {
    if (index === 0) {
      super.resolve(index);
    } else if (!this._busy) {
      void this._try();
    }
  }

  private async _try(): Promise<void> {
    if (!this._form.check()) {
      return;
    }
    this._busy = true;
    try {
      this.result = await this._act(this._form.getValue());
      super.resolve(1);
    } catch (error) {
      this._form.complain(error);
    } finally {
      this._busy = false;
    }
  }

  private readonly _form: FormBody;
  private readonly _act: (values: Values) => Promise<T>;
  private _busy = false;
}

/** The fields, each with room for what is wrong with it. */
class FormBody extends ReactWidget implements Dialog.IBodyWidget<Values> {
  constructor(
    private readonly fields: IField[],
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('spx-DialogForm');
    this._values = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  }

  getValue(): Values {
    return this._values;
  }

  /** Whether all is there that must be; what is missing is shown. */
  check(): boolean {
    const missing = this.fields.filter(
      ({ name, required }) => required && !this._values[name].trim()
    );
    this._tell(Object.fromEntries(missing.map(({ name, required }) => [name, required ?? ''])));
    return missing.length === 0;
  }

  /** Show an error where it belongs: at its field, or above them all. */
  complain(error: unknown): void {
    this._tell(this._sorted(error));
  }

  private _tell(errors: Record<string, string>): void {
    this._errors = errors;
    this.update();
    const [first] = Object.keys(this._errors);
    if (first) {
      this.node.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
    }
  }

  protected override render(): JSX.Element {
    return (
      <>
        {this._errors[''] && (
          <p className="spx-Error" role="alert">
            {this._errors['']}
          </p>
        )}
        {this.fields.map(field => this._field(field))}
      </>
    );
  }

  private _field(field: IField): JSX.Element {
    const { name, label, kind, options = [], help } = field;
    const error = this._errors[name];
    const common = {
      id: `spx-field-${name}`,
      name,
      defaultValue: field.value,
      className: 'jp-mod-styled',
      'aria-invalid': Boolean(error),
      'aria-describedby': `spx-field-${name}-note`,
      onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) => {
        this._values[name] = event.target.value;
      }
    };
    return (
      <div key={name} className="spx-DialogForm-field">
        <label htmlFor={common.id}>{label}</label>
        {kind === 'text' ? (
          <input type="text" autoComplete="off" spellCheck={false} {...common} />
        ) : (
          <HTMLSelect {...common} className="" options={options} />
        )}
        <div id={common['aria-describedby']} className="spx-DialogForm-note">
          {error ? (
            <span role="alert" className="spx-DialogForm-error">
              {error}
            </span>
          ) : (
            help
          )}
        </div>
      </div>
    );
  }

  private _sorted(error: unknown): Record<string, string> {
    const known = new Set(this.fields.map(({ name }) => name));
    if (error instanceof ProblemError) {
      const told = error.errors
        .map(({ pointer, message }) => [pointer.split('/')[1] ?? '', message])
        .filter(([name]) => known.has(name));
      if (told.length > 0) {
        return Object.fromEntries(told) as Record<string, string>;
      }
      if (known.has(error.where)) {
        return { [error.where]: explain(error, this.trans, true) };
      }
      if (error.status === 409 && known.has('name')) {
        return { name: explain(error, this.trans) };
      }
    }
    return { '': explain(error, this.trans) };
  }

  private readonly _values: Values;
  private _errors: Record<string, string> = {};
}
