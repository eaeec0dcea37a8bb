import type { TranslationBundle } from '@jupyterlab/translation';

import { askName } from '../naming';
import type { Connection } from '../request';
import { importModel } from './requests';

/**
 * Ask for a name, and make a model of a file.
 *
 * @param read - gets the file's bytes; asked for only once there is a name.
 * @returns the id of the model, null when the dialog was dismissed.
 */
export function askImport(
  connection: Connection,
  file: string,
  read: () => Promise<Blob>,
  trans: TranslationBundle
): Promise<string | null> {
  return askName({
    title: trans.__('Import %1', file),
    label: trans.__('Name of the model'),
    value: file.replace(/(\.spikex)?\.\w+$/, ''),
    accept: trans.__('Import'),
    trans,
    submit: async name => (await importModel(connection, await read(), file, name)).id
  });
}
