import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';

import { spikexIcon } from '../icons';
import { fillBar } from './bar';
import { labId } from './code';
import { LabContent } from './content';
import { confirmClose } from './saving';
import type { LabSession } from './session';

/** Fields of widgets that stop every key on its way up. */
const FIELDS = [
  '.jupyter-widgets input[type="text"]',
  '.jupyter-widgets input[type="number"]',
  '.jupyter-widgets textarea'
].join();

export interface ITabOptions {
  session: LabSession;
  /** The model's name as long as the kernel has not said it. */
  name: string;
  commands: CommandRegistry;
  translator: ITranslator;
}

/** The tab of one model: a bar, and under it the panels that a kernel shows. */
export class LabTab extends MainAreaWidget<LabContent> {
  constructor(options: ITabOptions) {
    const { session, translator, commands, name } = options;
    const trans = translator.load('spikex_lab');
    super({ content: new LabContent(session, trans), translator });
    this._name = name;
    this._commands = commands;
    this.translator = translator;
    this.model = session.model;
    this.id = labId(session.model);
    this.addClass('spx-Lab');
    this.node.dataset.model = session.model;
    this.title.icon = spikexIcon;
    this.title.closable = true;
    fillBar(this, commands, trans);
    this.content.changed.connect(() => this._rename());
    this._rename();
  }

  /** The id of the model. */
  readonly model: string;
  readonly translator: ITranslator;

  get modelName(): string {
    return this._name;
  }

  /** Whether there is something that is not saved. */
  get isDirty(): boolean {
    return this.content.state?.changed ?? false;
  }

  /** Close without a question. */
  leave(): void {
    this.dispose();
  }

  handleEvent(event: Event): void {
    const { target, altKey, ctrlKey, metaKey } = event as KeyboardEvent;
    if ((altKey || ctrlKey || metaKey) && (target as Element).matches(FIELDS)) {
      this._commands.processKeydownEvent(event as KeyboardEvent);
    }
  }

  // While they are captured: such fields keep their keys to themselves, and Ctrl+S in one of them
  // would save the browser's page.
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.node.addEventListener('keydown', this, true);
  }

  protected override onBeforeDetach(message: Message): void {
    this.node.removeEventListener('keydown', this, true);
    super.onBeforeDetach(message);
  }

  protected override onCloseRequest(): void {
    void confirmClose(this, this.translator.load('spikex_lab')).then(mayClose => {
      if (mayClose) {
        this.leave();
      }
    });
  }

  private _rename(): void {
    this._name = this.content.state?.name ?? this._name;
    const trans = this.translator.load('spikex_lab');
    this.title.label = this._name;
    this.title.caption = this.isDirty
      ? trans.__('SPIKE-X Lab: %1 (unsaved changes)', this._name)
      : trans.__('SPIKE-X Lab: %1', this._name);
    this.title.className = this.isDirty ? 'jp-mod-dirty' : '';
  }

  private readonly _commands: CommandRegistry;
  private _name: string;
}
