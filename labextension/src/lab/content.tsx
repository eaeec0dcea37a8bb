import type { SessionContext } from '@jupyterlab/apputils';
import { OutputAreaModel, SimplifiedOutputArea } from '@jupyterlab/outputarea';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSONObject } from '@lumino/coreutils';
import { ISignal, Signal } from '@lumino/signaling';
import { Panel } from '@lumino/widgets';

import { showCode } from './code';
import { LabLink, type ILabState } from './link';
import { Notice, type INotice } from '../notice';
import type { LabSession } from './session';

/** What lies under the bar of a Lab: the panels that its kernel shows, or why there are none. */
export class LabContent extends Panel {
  constructor(
    readonly session: LabSession,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('spx-Lab-content');
    this._area = new SimplifiedOutputArea({
      model: new OutputAreaModel({ trusted: true }),
      rendermime: session.rendermime
    });
    this._notice = new Notice();
    this.addWidget(this._notice);
    this.addWidget(this._area);
    const { context } = session;
    context.statusChanged.connect(this._onStatus);
    context.kernelChanged.connect(this._onKernel);
    context.sessionChanged.connect(this._onSession);
    void this.open();
  }

  /** What the kernel says of the Lab; null while it cannot be asked. */
  get state(): ILabState | null {
    return this._link?.state ?? null;
  }

  /** Emitted when the state has changed, or can be asked no more. */
  get changed(): ISignal<LabContent, ILabState | null> {
    return this._changed;
  }

  /** Ask the Lab in the kernel to do something. */
  request<T>(verb: string, args: JSONObject = {}): Promise<T> {
    return this._link
      ? this._link.request<T>(verb, args)
      : Promise.reject(new Error(this.trans.__('The kernel of this Lab does not run.')));
  }

  /** Show the Lab of the kernel, which is started where there is none. */
  async open(): Promise<void> {
    const { trans, session } = this;
    const attempt = (this._attempt += 1);
    const isOld = (): boolean => this.isDisposed || attempt !== this._attempt;
    this._forget();
    this._show({ busy: true, title: trans.__('Starting the kernel…') });
    try {
      await session.ready;
      await session.context.ready;
      if (isOld()) {
        return;
      }
      this._show({ busy: true, title: trans.__('Opening the model…') });
      const failure = await this._display();
      const kernel = session.context.session?.kernel;
      if (isOld()) {
        return;
      }
      if (failure || !kernel) {
        this._area.model.clear();
        this._show(this._refusal(failure));
        return;
      }
      const link = new LabLink(kernel, session.model);
      this._link = link;
      link.changed.connect((_, state) => this._changed.emit(state));
      await link.ready;
      if (!isOld()) {
        this._show(null);
      }
    } catch (error) {
      if (!isOld()) {
        this._show(this._failure(error));
      }
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { context } = this.session;
    context.statusChanged.disconnect(this._onStatus);
    context.kernelChanged.disconnect(this._onKernel);
    context.sessionChanged.disconnect(this._onSession);
    this._forget();
    Signal.clearData(this);
    super.dispose();
  }

  /** Run the code that displays the Lab; return the kernel's error, null where there is none. */
  private async _display(): Promise<KernelMessage.IReplyErrorContent | null> {
    const { session } = this;
    const reply = await SimplifiedOutputArea.execute(
      showCode(session.model),
      this._area,
      session.context
    );
    return reply?.content.status === 'error' ? reply.content : null;
  }

  private readonly _onStatus = (_: SessionContext, status: Kernel.Status): void => {
    const { trans } = this;
    if (status === 'restarting' || status === 'autorestarting') {
      this._lose(trans.__('The kernel has restarted.'), () => this.open());
    } else if (status === 'dead') {
      this._lose(trans.__('The kernel has died.'), async () => {
        await this.session.context.restartKernel();
        await this.open();
      });
    }
  };

  private readonly _onKernel = (
    _: SessionContext,
    args: { newValue: unknown; oldValue: unknown }
  ): void => {
    if (args.newValue && args.oldValue) {
      void this.open(); // another kernel has been chosen
    }
  };

  private readonly _onSession = (_: SessionContext, args: { newValue: unknown }): void => {
    if (!args.newValue && !this.isDisposed) {
      this._lose(this.trans.__('The kernel has been shut down.'), async () => {
        const { context } = this.session;
        await context.changeKernel({ name: context.kernelPreference.name });
        await this.open();
      });
    }
  };

  /** The kernel is gone, and with it what was not saved: offer to open the Lab again. */
  private _lose(title: string, again: () => Promise<void>): void {
    const { trans } = this;
    const lost = this.state?.changed ?? this._lost;
    this._attempt += 1;
    this._forget();
    this._lost = lost;
    this._area.model.clear();
    this._show({
      title,
      text: lost
        ? trans.__('What was not saved is gone. Runs go on without the kernel.')
        : trans.__('Nothing is lost: the model is saved, and runs go on without the kernel.'),
      action: { label: trans.__('Reopen'), run: () => this._try(again) }
    });
  }

  private _refusal(failure: KernelMessage.IReplyErrorContent | null): INotice {
    const { trans, session } = this;
    const again = { label: trans.__('Try again'), run: () => void this.open() };
    if (!failure) {
      return { title: trans.__('There is no kernel.'), action: again };
    }
    if (failure.ename === 'ModuleNotFoundError' && failure.evalue.includes('spikex_lab')) {
      return {
        title: trans.__('This kernel has no SPIKE-X Lab.'),
        text: trans.__('Install spikex-lab in its environment, or choose another kernel.'),
        action: {
          label: trans.__('Choose a kernel…'),
          run: () => void session.dialogs.selectKernel(session.context)
        }
      };
    }
    return { title: trans.__('The model cannot be opened.'), text: failure.evalue, action: again };
  }

  private _failure(error: unknown): INotice {
    return {
      title: this.trans.__('The kernel cannot be reached.'),
      text: error instanceof Error ? error.message : String(error),
      action: { label: this.trans.__('Try again'), run: () => void this.open() }
    };
  }

  private _try(action: () => Promise<void>): void {
    this._show({ busy: true, title: this.trans.__('Starting the kernel…') });
    action().catch(error => this._show(this._failure(error)));
  }

  private _show(notice: INotice | null): void {
    this._notice.tell(notice);
    // Covered, not hidden: what has no size cannot be laid out.
    this._area.toggleClass('spx-mod-covered', notice !== null);
    this._changed.emit(this.state);
  }

  private _forget(): void {
    this._link?.dispose();
    this._link = null;
    this._lost = false;
  }

  private readonly _area: SimplifiedOutputArea;
  private readonly _notice: Notice;
  private readonly _changed = new Signal<LabContent, ILabState | null>(this);
  private _link: LabLink | null = null;
  private _lost = false;
  private _attempt = 0;
}
