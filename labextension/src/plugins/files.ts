import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ServerConnection } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CATEGORY, CommandIDs } from '../commands';
import { explain } from '../errors';

import { addFileTypes } from '../files';
import { spikexIcon } from '../icons';
import { IFeed } from '../tokens';

/** The files of SPIKE-X in the file browser: a bundle is imported by a double click. */
export const filesPlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:files',
  description: 'Knows the files of SPIKE-X, and imports models from them.',
  autoStart: true,
  requires: [IFeed],
  optional: [ITranslator, IFileBrowserFactory, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    translator: ITranslator | null,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    const { commands, docRegistry, serviceManager } = app;

    const read = async (path: string): Promise<Blob> => {
      const url = await serviceManager.contents.getDownloadUrl(path);
      const { serverSettings } = serviceManager;
      const response = await ServerConnection.makeRequest(url, {}, serverSettings);
      if (!response.ok) {
        throw await ServerConnection.ResponseError.create(response);
      }
      return response.blob();
    };
    const selected = (): string | undefined => {
      const [item] = browsers?.tracker.currentWidget?.selectedItems() ?? [];
      return item?.path;
    };

    commands.addCommand(CommandIDs.importModel, {
      label: trans.__('Import as SPIKE-X Model…'),
      caption: trans.__('Make a model of a .spikex bundle, or of a spec as YAML or JSON'),
      icon: spikexIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__(
                'Path of the file; the one selected in the file browser without'
              )
            }
          }
        }
      },
      isEnabled: args => typeof args.path === 'string' || selected() !== undefined,
      execute: async args => {
        try {
          const path = (args.path as string | undefined) ?? selected() ?? '';
          const { askImport } = await import('../models/import');
          const file = PathExt.basename(path);
          const model = await askImport(feed.client.connection, file, () => read(path), trans);
          if (model) {
            void feed.refresh();
            await commands.execute(CommandIDs.openLab, { model });
          }
          return model;
        } catch (error) {
          Notification.error(explain(error, trans), { autoClose: false });
          return null;
        }
      }
    });
    palette?.addItem({ command: CommandIDs.importModel, category: CATEGORY });
    addFileTypes(docRegistry, trans, async path => {
      const model: unknown = await commands.execute(CommandIDs.importModel, { path });
      return model !== null;
    });
  }
};
