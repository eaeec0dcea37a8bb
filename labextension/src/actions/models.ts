import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ModelFormat } from '../client';
import { save } from '../console/download';
import { askName } from '../naming';
import type { IFeed } from '../tokens';

/** Give a model another name, which the person is asked for. */
export async function renameModel(
  id: string,
  feed: IFeed,
  trans: TranslationBundle
): Promise<void> {
  const model = await feed.client.model(id);
  await askName({
    title: trans.__('Rename %1', model.name),
    label: trans.__('Name'),
    value: model.name,
    accept: trans.__('Rename'),
    trans,
    submit: name => feed.client.renameModel(id, name, model.version)
  });
  await feed.refresh();
}

/** Copy a model under another name, which the person is asked for. */
export async function duplicateModel(
  id: string,
  feed: IFeed,
  trans: TranslationBundle
): Promise<void> {
  const model = await feed.client.model(id);
  await askName({
    title: trans.__('Duplicate %1', model.name),
    label: trans.__('Name of the copy'),
    value: trans.__('%1-copy', model.name),
    accept: trans.__('Duplicate'),
    trans,
    submit: name => feed.client.copyModel(id, name)
  });
  await feed.refresh();
}

/** Let the browser save a model's newest spec. */
export async function exportModel(id: string, format: ModelFormat, feed: IFeed): Promise<void> {
  const { blob, name } = await feed.client.exportModel(id, format);
  save(blob, name);
}

/** Delete a model if the person confirms it. */
export async function deleteModel(
  id: string,
  feed: IFeed,
  trans: TranslationBundle
): Promise<void> {
  const model = await feed.client.model(id);
  const result = await showDialog({
    title: trans.__('Delete %1?', model.name),
    body: trans.__('The model and its %1 version(s) go. Its runs stay.', model.versions.length),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0
  });
  if (result.button.accept) {
    await feed.client.deleteModel(id, model.version);
    await feed.refresh();
  }
}
