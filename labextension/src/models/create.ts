import type { TranslationBundle } from '@jupyterlab/translation';

import { askForm } from '../dialogs/form';
import type { Connection } from '../request';
import { createModel, sources } from './requests';

const TEMPLATE = 'snn-mlp';
const DATASET = 'digits';

/** What the dialog starts with. */
export interface IGiven {
  name?: string;
  template?: string;
  dataset?: string;
}

/**
 * Ask for a new model and make it.
 *
 * @returns its id, null when the dialog was dismissed.
 */
export async function askNewModel(
  connection: Connection,
  given: IGiven,
  trans: TranslationBundle
): Promise<string | null> {
  const { templates, datasets } = await sources(connection);
  const label = ({ name, title }: { name: string; title: string }): string =>
    title === name ? name : trans.__('%1: %2', name, title);
  return askForm<string>({
    title: trans.__('New Model'),
    accept: trans.__('Create'),
    trans,
    fields: [
      {
        name: 'name',
        label: trans.__('Name'),
        kind: 'text',
        value: given.name ?? '',
        required: trans.__('Give it a name.'),
        help: trans.__('What the model is called everywhere')
      },
      {
        name: 'template',
        label: trans.__('Template'),
        kind: 'select',
        value: given.template ?? TEMPLATE,
        options: templates.map(template => ({ value: template.name, label: label(template) })),
        help: trans.__('The network to start from')
      },
      {
        name: 'dataset',
        label: trans.__('Dataset'),
        kind: 'select',
        value: given.dataset ?? (datasets.includes(DATASET) ? DATASET : ''),
        options: [
          ...datasets.map(name => ({ value: name, label: name })),
          { value: '', label: trans.__('none yet') }
        ],
        help: trans.__('What it learns: its first and last layers are made to fit')
      }
    ],
    submit: async ({ name, template, dataset }) => {
      const made = await createModel(connection, { name, template, dataset: dataset || null });
      return made.id;
    }
  });
}
