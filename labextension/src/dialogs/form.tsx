import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { explain } from '../errors';
import { ProblemError } from '../request';
import { ActingDialog, ask } from './acting';

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
export function askForm<T>(options: IFormOptions<T>): Promise<T | null> {
  return ask(() => new FormDialog(options));
}

class FormDialog<T> extends ActingDialog<T> {
  constructor(options: IFormOptions<T>) {
    const { title, accept, trans, fields, submit } = options;
    const body = new FormBody(fields, trans);
    super({ title, accept, trans, body });
    this.addClass('spx-FormDialog');
    this._form = body;
    this._submit = submit;
  }

  protected override async act(): Promise<T | null> {
    if (!this._form.check()) {
      return null;
    }
    try {
      return await this._submit(this._form.getValue());
    } catch (error) {
      this._form.complain(error);
      return null;
    }
  }

  private readonly _form: FormBody;
  private readonly _submit: (values: Values) => Promise<T>;
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
