import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { RunFormat } from '../client';
import { save } from '../console/download';
import type { IFeed } from '../tokens';

/** Let the browser save what a run made. */
export async function exportRun(id: string, format: RunFormat, feed: IFeed): Promise<void> {
  const { blob, name } = await feed.client.exportRun(id, format);
  save(blob, name);
}

/** Delete a run if the person confirms it. */
export async function deleteRun(id: string, feed: IFeed, trans: TranslationBundle): Promise<void> {
  const run = await feed.client.run(id);
  const result = await showDialog({
    title: trans.__('Delete the run of %1?', run.model_name ?? run.name),
    body: trans.__('Its curves, weights and files go with it.'),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0
  });
  if (result.button.accept) {
    await feed.client.deleteRun(id);
    await feed.refresh();
  }
}
