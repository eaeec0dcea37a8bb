import type { TranslationBundle } from '@jupyterlab/translation';

import type { Client, ModelFormat, RunFormat } from '../client';
import { save } from '../console/download';
import { askForm } from '../dialogs/form';
import type { LabTab } from './tab';

/** Ask for a format, and let the browser save the model, or what its last run made, in it. */
export async function exportModel(
  tab: LabTab,
  client: Client,
  trans: TranslationBundle
): Promise<void> {
  const query = { model: tab.model, state: 'finished', page_size: 1 };
  const [run] = (await client.runs(query)).items;
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
    title: trans.__('Export "%1"', tab.modelName),
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
      const file =
        what === 'run'
          ? await client.exportRun(run.id, kind as RunFormat)
          : await client.exportModel(tab.model, kind as ModelFormat);
      save(file.blob, file.name);
    }
  });
}
