import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import {
  closeIcon,
  copyIcon,
  downloadIcon,
  refreshIcon,
  saveIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

import { CATEGORY, CommandIDs } from '../commands';
import { explain } from '../errors';
import type { LabTab } from '../lab';
import { labAddress } from '../lab/code';
import { IFeed, ILabTracker } from '../tokens';

/** What can be done with the Lab in front: save, save as, export, close. */
export const labFilePlugin: JupyterFrontEndPlugin<void> = {
  id: '@spikex/lab:lab-file',
  description: 'Saves, exports and closes the Lab in front.',
  autoStart: true,
  requires: [IFeed, ILabTracker],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    tracker: ILabTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    const { commands, shell } = app;
    const current = (): LabTab | null =>
      tracker.currentWidget === shell.currentWidget ? tracker.currentWidget : null;

    const add = (
      command: string,
      options: Pick<CommandRegistry.ICommandOptions, 'label' | 'caption' | 'icon'>,
      act: (tab: LabTab) => Promise<void>,
      enabled: (tab: LabTab) => boolean = () => true
    ): void => {
      commands.addCommand(command, {
        describedBy: { args: { type: 'object', properties: {} } },
        ...options,
        isEnabled: () => {
          const tab = current();
          return tab !== null && enabled(tab);
        },
        execute: async () => {
          const tab = current();
          try {
            await (tab && act(tab));
          } catch (error) {
            Notification.error(explain(error, trans), { autoClose: false });
          }
        }
      });
      palette?.addItem({ command, category: CATEGORY });
    };

    add(
      CommandIDs.saveLab,
      {
        label: trans.__('Save Model'),
        caption: trans.__('Keep the model as its next version'),
        icon: saveIcon
      },
      async tab => {
        const { save } = await import('../lab');
        await save(tab, trans);
      },
      tab => tab.isDirty
    );
    add(
      CommandIDs.saveLabAs,
      {
        label: trans.__('Save Model As…'),
        caption: trans.__('Keep the model as a new one, and go on with that')
      },
      async tab => {
        const { saveAs } = await import('../lab');
        const model = await saveAs(tab, trans);
        if (model) {
          await commands.execute(CommandIDs.openLab, { model });
          tab.leave();
        }
      },
      tab => tab.content.state !== null
    );
    add(
      CommandIDs.exportLab,
      {
        label: trans.__('Export Model…'),
        caption: trans.__('Let the browser save the model, or what its last run made'),
        icon: downloadIcon
      },
      async tab => {
        const { exportModel } = await import('../lab');
        await exportModel(tab, feed.client, trans);
      }
    );
    add(
      CommandIDs.copyLabLink,
      {
        label: trans.__('Copy Link to the Lab'),
        caption: trans.__('Copy the address that opens this model'),
        icon: copyIcon
      },
      tab => {
        const page = URLExt.join(
          app.serviceManager.serverSettings.baseUrl,
          PageConfig.getOption('appUrl') || 'lab'
        );
        Clipboard.copyToSystem(`${page}?${labAddress(tab.model)}`);
        Notification.info(trans.__('Link copied.'), { autoClose: 3000 });
        return Promise.resolve();
      }
    );
    add(
      CommandIDs.reopenLab,
      {
        label: trans.__('Reopen Model'),
        caption: trans.__('Take the newest saved version, and forget what is not saved'),
        icon: refreshIcon
      },
      async tab => {
        if (!tab.content.state) {
          await tab.content.open();
          return;
        }
        const { confirmDiscard } = await import('../lab');
        if (await confirmDiscard(tab, trans)) {
          await tab.content.request('reopen');
        }
      }
    );
    add(
      CommandIDs.closeLab,
      {
        label: trans.__('Close the Lab'),
        caption: trans.__('Close the Lab, and its kernel; runs go on'),
        icon: closeIcon
      },
      tab => Promise.resolve(tab.close())
    );

    commands.addCommand(CommandIDs.showPanel, {
      label: args => {
        const panel = current()?.content.state?.panels.find(({ name }) => name === args.panel);
        return panel ? trans.__('Show %1', panel.title) : trans.__('Show a Panel of the Lab');
      },
      describedBy: {
        args: {
          type: 'object',
          properties: { panel: { type: 'string', description: trans.__('Name of the panel') } },
          required: ['panel']
        }
      },
      isEnabled: args =>
        current()?.content.state?.panels.some(({ name }) => name === args.panel) ?? false,
      execute: args => current()?.content.request('select', { panel: args.panel as string })
    });
  }
};
