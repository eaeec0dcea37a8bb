import { registerWidgetManager } from '@jupyter-widgets/jupyterlab-manager';
import { SessionContext, SessionContextDialogs } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { KernelAPI, type ServiceManager } from '@jupyterlab/services';
import type { ITranslator } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

const BROWSER = '@spikex/lab:browser';
/** How many ms to wait for a kernel that is found again and busy. */
const PATIENCE = 10_000;

export interface ISessionOptions {
  services: ServiceManager.IManager;
  rendermime: IRenderMimeRegistry;
  translator: ITranslator;
  /** The kernel to start; the server's default when empty. */
  kernelName: string;
}

/**
 * The kernel of one Lab, with what renders its widgets.
 *
 * Its path holds the model and this browser: a reload finds the same kernel again, another browser
 * gets one of its own.
 */
export class LabSession {
  constructor(
    readonly model: string,
    name: string,
    private readonly _options: ISessionOptions,
    /** What must be over before it starts: the end of the session before it. */
    private readonly _after: Promise<unknown>
  ) {
    const { services, rendermime, translator, kernelName } = _options;
    this.rendermime = rendermime.clone();
    this.dialogs = new SessionContextDialogs({ translator });
    this.context = new SessionContext({
      kernelManager: services.kernels,
      sessionManager: services.sessions,
      specsManager: services.kernelspecs,
      name: `SPIKE-X Lab: ${name}`,
      path: `spikex-lab/${model}/${browserId()}`,
      type: 'spikex-lab',
      kernelPreference: {
        name: kernelName || services.kernelspecs.specs?.default,
        shouldStart: true,
        canStart: true,
        autoStartDefault: true
      },
      translator
    });
  }

  /** Start the kernel, or find it again; the first call counts. */
  get ready(): Promise<void> {
    return (this._ready ??= this._start());
  }

  /** Shut the kernel down and free everything, unless another page shows this Lab too. */
  async end(): Promise<boolean> {
    const kernel = this.context.session?.kernel;
    if (kernel) {
      const { serverSettings } = this._options.services;
      const model = await KernelAPI.getKernelModel(kernel.id, serverSettings);
      if ((model?.connections ?? 0) > 1) {
        return false;
      }
      await this.context.shutdown();
    }
    this._widgets?.dispose();
    this.context.dispose();
    return true;
  }

  private async _start(): Promise<void> {
    await this._after;
    await this._quiet();
    const mustChoose = await this.context.initialize();
    if (mustChoose) {
      await this.dialogs.selectKernel(this.context);
    }
    await this.context.ready;
    // The parts of a document's context that the widget manager uses. What it returns may only be
    // disposed once the kernel is gone: managers are kept by kernel and would be handed out again.
    const stub = {
      path: this.context.path,
      sessionContext: this.context,
      saveState: new Signal<unknown, DocumentRegistry.SaveState>(this),
      model: { getMetadata: () => undefined, setMetadata: () => undefined },
      urlResolver: {
        resolveUrl: (url: string) => Promise.resolve(url),
        getDownloadUrl: (url: string) => Promise.resolve(url)
      }
    };
    this._widgets = registerWidgetManager(
      stub as unknown as DocumentRegistry.IContext<DocumentRegistry.IModel> as never,
      this.rendermime,
      [][Symbol.iterator]()
    );
    await new Promise(resolve => setTimeout(resolve, 0)); // it is made in a microtask
  }

  /**
   * Wait until a kernel that is found again has done what the page before has asked for: widgets
   * that are made while nothing here takes them yet would be closed, and shown as errors for good.
   */
  private async _quiet(): Promise<void> {
    const { sessions, kernels } = this._options.services;
    await sessions.ready;
    const path = this.context.path;
    const found = [...sessions.running()].find(session => session.path === path);
    if (!found?.kernel) {
      return;
    }
    // Its answer comes when what was asked before is done. The state that the server tells is not
    // to be trusted: the end of any message makes it idle.
    const kernel = kernels.connectTo({ model: found.kernel, handleComms: false });
    const patience = new Promise(resolve => setTimeout(resolve, PATIENCE));
    try {
      await Promise.race([kernel.info, patience]);
    } finally {
      kernel.dispose();
    }
  }

  readonly context: SessionContext;
  readonly dialogs: SessionContextDialogs;
  readonly rendermime: IRenderMimeRegistry;
  private _ready: Promise<void> | null = null;
  private _widgets: IDisposable | null = null;
}

/** The sessions of this page: a Lab that is opened again while its kernel lives finds its own. */
export class LabSessions {
  constructor(
    private readonly services: ServiceManager.IManager,
    private readonly rendermime: IRenderMimeRegistry,
    private readonly translator: ITranslator
  ) {}

  open(model: string, name: string, kernelName: string): LabSession {
    let session = this._sessions.get(model);
    if (!session) {
      const { services, rendermime, translator } = this;
      const options = { services, rendermime, translator, kernelName };
      session = new LabSession(model, name, options, this._ending.get(model) ?? Promise.resolve());
      this._sessions.set(model, session);
    }
    return session;
  }

  /** End a session; one that another page shows too stays, to be found again. */
  async close(session: LabSession): Promise<void> {
    const { model } = session;
    this._sessions.delete(model);
    const end = session.end();
    this._ending.set(
      model,
      end.catch(() => undefined)
    );
    if (!(await end) && !this._sessions.has(model)) {
      this._sessions.set(model, session);
    }
  }

  private readonly _sessions = new Map<string, LabSession>();
  private readonly _ending = new Map<string, Promise<unknown>>();
}

function browserId(): string {
  let id = window.localStorage.getItem(BROWSER);
  if (!id) {
    id = UUID.uuid4().slice(0, 8);
    window.localStorage.setItem(BROWSER, id);
  }
  return id;
}
