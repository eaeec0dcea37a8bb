import type { TranslationBundle } from '@jupyterlab/translation';

import type { Client } from '../client';
import { panelCode } from '../code';
import { askForm } from '../dialogs/form';

/** Ask for a panel and a model; return the code that shows it, null when dismissed. */
export async function askPanel(client: Client, trans: TranslationBundle): Promise<string | null> {
  const { items } = await client.models({ page_size: 200 });
  if (items.length === 0) {
    throw new Error(trans.__('There is no model yet. Make one with New Model.'));
  }
  return askForm<string>({
    title: trans.__('Insert a Panel'),
    accept: trans.__('Insert'),
    trans,
    fields: [
      {
        name: 'model',
        label: trans.__('Model'),
        kind: 'select',
        value: items[0].name,
        options: items.map(({ name }) => ({ value: name, label: name }))
      },
      {
        name: 'panel',
        label: trans.__('Panel'),
        kind: 'select',
        value: 'TrainingPanel',
        options: [
          { value: 'TrainingPanel', label: trans.__('Training') },
          { value: 'Lab', label: trans.__('Lab: all of the model, in tabs') }
        ],
        help: trans.__('The code is put into a cell, to be run from there.')
      }
    ],
    submit: ({ panel, model }) => Promise.resolve(panelCode(panel, model))
  });
}
