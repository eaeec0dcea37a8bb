import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { explain } from '../errors';
import { askName } from '../naming';
import { ProblemError } from '../request';
import type { LabTab } from './tab';

/** Save the model of a Lab; what somebody else has saved meanwhile is never overwritten unasked. */
export async function save(tab: LabTab, trans: TranslationBundle): Promise<boolean> {
  try {
    await tab.content.request('save');
    return true;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 412) {
      return settle(tab, error, trans);
    }
    Notification.error(explain(error, trans), { autoClose: false });
    return false;
  }
}

/**
 * Save the model under a new name.
 *
 * @returns the id of the new model, null when it was not made.
 */
export function saveAs(tab: LabTab, trans: TranslationBundle): Promise<string | null> {
  return askName<string>({
    title: trans.__('Save "%1" As', tab.modelName),
    label: trans.__('Name'),
    value: trans.__('%1-copy', tab.modelName),
    accept: trans.__('Save'),
    trans,
    submit: name => tab.content.request('save_as', { name })
  });
}

/** Ask what is to become of unsaved changes; return whether the tab may close. */
export async function confirmClose(tab: LabTab, trans: TranslationBundle): Promise<boolean> {
  if (!tab.isDirty) {
    return true;
  }
  const { button } = await showDialog({
    title: trans.__('Save your work'),
    body: trans.__('Save the changes to "%1" before closing?', tab.modelName),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Discard'), actions: ['discard'] }),
      Dialog.okButton({ label: trans.__('Save') })
    ]
  });
  if (!button.accept) {
    return false;
  }
  return button.actions.includes('discard') || save(tab, trans);
}

/** Ask whether unsaved changes may be forgotten. */
export async function confirmDiscard(tab: LabTab, trans: TranslationBundle): Promise<boolean> {
  if (!tab.isDirty) {
    return true;
  }
  const { button } = await showDialog({
    title: trans.__('Discard the changes?'),
    body: trans.__('What is not saved of "%1" will be gone.', tab.modelName),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Discard') })
    ]
  });
  return button.accept;
}

/** Two have changed the model: let the person choose what holds. */
async function settle(
  tab: LabTab,
  error: ProblemError,
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('"%1" was saved elsewhere', tab.modelName),
    body: trans.__(
      'Both versions can be kept: save yours as a new model, or as the next version on top of theirs (%1).',
      error.detail
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Take theirs'), actions: ['reopen'] }),
      Dialog.okButton({ label: trans.__('Save as…'), actions: ['save-as'] }),
      Dialog.okButton({ label: trans.__('Save on top'), actions: ['overwrite'] })
    ],
    defaultButton: 0
  });
  if (!button.accept) {
    return false;
  }
  const [choice] = button.actions;
  try {
    if (choice === 'save-as') {
      return (await saveAs(tab, trans)) !== null;
    }
    await tab.content.request(choice);
    return true;
  } catch (failure) {
    Notification.error(explain(failure, trans), { autoClose: false });
    return false;
  }
}
