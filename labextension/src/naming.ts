import type { TranslationBundle } from '@jupyterlab/translation';

import { askForm } from './dialogs/form';

interface INaming<T> {
  title: string;
  label: string;
  value: string;
  accept: string;
  trans: TranslationBundle;
  /** Does what the name is for; what it throws is shown beside the name, which can be mended. */
  submit: (name: string) => Promise<T>;
}

/** Ask for a name until it serves or the person gives up; what `submit` returned, null without. */
export function askName<T>(naming: INaming<T>): Promise<T | null> {
  const { title, accept, trans, label, value, submit } = naming;
  const required = trans.__('Give it a name.');
  return askForm({
    title,
    accept,
    trans,
    fields: [{ name: 'name', label, kind: 'text', value, required }],
    submit: ({ name }) => submit(name.trim())
  });
}
