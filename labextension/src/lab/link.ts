import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { PromiseDelegate, type JSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { ProblemError } from '../request';
import { TARGET } from './code';

/** What the kernel says of its Lab. */
export interface ILabState {
  id: string;
  name: string;
  version: number;
  /** Whether there is something that is not saved. */
  changed: boolean;
  /** The state of the newest run; empty while there is none. */
  run: string;
  panels: { name: string; title: string }[];
  /** The name of the panel in front. */
  shown: string;
}

interface IProblem {
  status: number;
  detail: string;
  hint: string;
  where: string;
}

type Message =
  { lab: ILabState } | { reply: number; value: unknown } | { reply: number; error: IProblem };

/** The line to a Lab in its kernel: its state as it changes, and requests to it. */
export class LabLink implements IDisposable {
  constructor(kernel: Kernel.IKernelConnection, model: string) {
    this._comm = kernel.createComm(TARGET);
    this._comm.onMsg = message => this._receive(message);
    this._comm.onClose = () => this.dispose();
    this._comm.open({ model });
  }

  /** The first state. */
  get ready(): Promise<ILabState> {
    return this._ready.promise;
  }

  get state(): ILabState | null {
    return this._state;
  }

  get changed(): ISignal<LabLink, ILabState> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Ask the Lab to do something, and return what comes of it.
   *
   * @throws ProblemError when it refuses, Error when the kernel is gone.
   */
  request<T>(verb: string, args: JSONObject = {}): Promise<T> {
    if (this._isDisposed) {
      return Promise.reject(new Error('The kernel of the Lab is gone.'));
    }
    const id = (this._asked += 1);
    const answer = new PromiseDelegate<unknown>();
    this._waiting.set(id, answer);
    this._comm.send({ id, do: verb, args });
    return answer.promise as Promise<T>;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    Signal.clearData(this);
    const gone = new Error('The kernel of the Lab is gone.');
    this._ready.promise.catch(() => undefined); // whoever waits hears it; nobody need wait
    this._ready.reject(gone);
    this._waiting.forEach(answer => answer.reject(gone));
    this._waiting.clear();
    if (!this._comm.isDisposed) {
      this._comm.close();
    }
  }

  private _receive(message: KernelMessage.ICommMsgMsg): void {
    const data = message.content.data as unknown as Message;
    if ('lab' in data) {
      this._state = data.lab;
      this._ready.resolve(data.lab);
      this._changed.emit(data.lab);
      return;
    }
    const answer = this._waiting.get(data.reply);
    this._waiting.delete(data.reply);
    if ('error' in data) {
      const { status, detail, hint, where } = data.error;
      answer?.reject(new ProblemError(status, detail, detail, hint, where));
    } else {
      answer?.resolve(data.value);
    }
  }

  private readonly _comm: Kernel.IComm;
  private readonly _ready = new PromiseDelegate<ILabState>();
  private readonly _changed = new Signal<LabLink, ILabState>(this);
  private readonly _waiting = new Map<number, PromiseDelegate<unknown>>();
  private _state: ILabState | null = null;
  private _asked = 0;
  private _isDisposed = false;
}
