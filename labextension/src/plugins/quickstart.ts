import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CATEGORY, CommandIDs } from '../commands';
import { explain } from '../errors';
import { spikexCardIcon } from '../icons';
import { IFeed } from '../tokens';

const TUTORIAL = '01_quickstart';

/** The card of the launcher and the command that open the quickstart notebook. */
export const quickstartPlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:quickstart',
  description: 'Opens the SPIKE-X quickstart from the launcher and the command palette.',
  autoStart: true,
  requires: [IFeed],
  optional: [ITranslator, ILauncher, ICommandPalette, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    translator: ITranslator | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null,
    files: IDefaultFileBrowser | null
  ) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    const { commands, serviceManager } = app;
    commands.addCommand(CommandIDs.openQuickstart, {
      label: args => (args.isLauncher ? trans.__('Quickstart') : trans.__('Open the Quickstart')),
      caption: trans.__('Build, train and watch a spiking network on real handwritten digits'),
      icon: args => (args.isPalette ? undefined : spikexCardIcon),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            cwd: {
              type: 'string',
              description: trans.__('Folder to put the notebook in; the current one by default')
            },
            isLauncher: { type: 'boolean', description: trans.__('Called from the launcher') },
            isPalette: { type: 'boolean', description: trans.__('Called from the palette') }
          }
        }
      },
      execute: async args => {
        const cwd = typeof args.cwd === 'string' ? args.cwd : (files?.model.path ?? '');
        try {
          const folder = serviceManager.contents.localPath(cwd);
          const tutorial = await feed.client.copyTutorial(TUTORIAL, folder);
          await commands.execute('docmanager:open', { path: tutorial.path });
        } catch (error) {
          Notification.error(explain(error, trans), { autoClose: false });
        }
      }
    });
    launcher?.add({
      command: CommandIDs.openQuickstart,
      args: { isLauncher: true },
      category: CATEGORY,
      rank: 0
    });
    palette?.addItem({
      command: CommandIDs.openQuickstart,
      args: { isPalette: true },
      category: CATEGORY
    });
  }
};
