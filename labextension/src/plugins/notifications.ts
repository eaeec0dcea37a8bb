import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { accuracy } from '../sidebar/describe';
import { IFeed } from '../tokens';
import { isLive, type IRunItem } from '../types';

const ID = '@spikex/lab:notifications';

/** Says when a run has ended that was seen to run. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Tells when a run has ended.',
  autoStart: true,
  requires: [IFeed],
  optional: [ITranslator, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    feed: IFeed,
    translator: ITranslator | null,
    settings: ISettingRegistry | null
  ) => {
    const trans = (translator ?? nullTranslator).load('spikex_lab');
    const { commands } = app;
    let live = new Set<string>();
    const show = (run: IRunItem): void => {
      void commands.execute(CommandIDs.openConsole, { page: 'run', params: { run: run.id } });
    };
    const look = async (): Promise<void> => {
      const { runs } = feed.overview;
      if (!runs) {
        return;
      }
      const ended = runs.filter(run => !isLive(run) && live.has(run.id));
      live = new Set(runs.filter(isLive).map(({ id }) => id));
      const wanted = (await settings?.get(ID, 'runs'))?.composite ?? true;
      if (wanted) {
        ended.forEach(run => tell(run, () => show(run), trans));
      }
    };
    void app.restored.then(() => {
      feed.watch('glance');
      feed.changed.connect(() => void look());
    });
  }
};

function tell(run: IRunItem, show: () => void, trans: TranslationBundle): void {
  const name = run.model_name || run.name;
  const actions = [{ label: trans.__('Show the run'), callback: show }];
  switch (run.state) {
    case 'finished': {
      const score = accuracy(run, trans);
      const text = score
        ? trans.__('The run of %1 has finished: %2.', name, score)
        : trans.__('The run of %1 has finished.', name);
      Notification.success(text, { autoClose: 10_000, actions });
      break;
    }
    case 'failed':
      Notification.error(trans.__('The run of %1 has failed: %2', name, run.error ?? ''), {
        autoClose: false,
        actions
      });
      break;
    case 'interrupted':
      Notification.warning(trans.__('The run of %1 was interrupted.', name), {
        autoClose: false,
        actions
      });
      break;
    default: // stopped: by a person, who knows
  }
}
