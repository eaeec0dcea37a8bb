import type { TranslationBundle } from '@jupyterlab/translation';

import type { Client } from '../client';
import { askForm } from '../dialogs/form';
import { saveFile } from '../download';
import type { LabTab } from './tab';

/** Ask for a format, and let the browser save the model, or what its last run made, in it. */
export async function exportModel(
  tab: LabTab,
  client: Client,
  trans: TranslationBundle
): Promise<void> {
  const { last_run: run, name } = await client.model(tab.model);
  const options = [
    { value: 'model/yaml', label: trans.__('Model as YAML') },
    { value: 'model/json', label: trans.__('Model as JSON') }
  ];
  if (run) {
    options.push(
      { value: 'run/bundle', label: trans.__('Model with the weights of its last run (.spikex)') },
      { value: 'run/safetensors', label: trans.__('Weights of the last run (safetensors)') },
      { value: 'run/pth', label: trans.__('Weights of the last run for PyTorch (.pth)') },
      { value: 'run/yaml', label: trans.__('Settings of the last run as YAML') }
    );
  }
  await askForm({
    title: trans.__('Export "%1"', name),
    accept: trans.__('Export'),
    trans,
    fields: [
      {
        name: 'format',
        label: trans.__('What'),
        kind: 'select',
        value: options[0].value,
        options,
        help: tab.isDirty
          ? trans.__('The saved version is exported: save first to take the changes along.')
          : trans.__('The browser saves the file.')
      }
    ],
    submit: async ({ format }) => {
      const [what, kind] = format.split('/');
      const path = what === 'run' && run ? `runs/${run.id}/export` : `models/${tab.model}/export`;
      saveFile(await client.connection.file(path, { format: kind }));
    }
  });
}
