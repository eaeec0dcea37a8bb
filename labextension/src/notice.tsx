import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

/** What is shown in the place of the panels. */
export interface INotice {
  title: string;
  text?: string;
  /** Something is under way. */
  busy?: boolean;
  action?: { label: string; run: () => void };
}

/** A message in the middle of the Lab, with one thing to do about it. */
export class Notice extends ReactWidget {
  constructor() {
    super();
    this.addClass('spx-Notice');
  }

  /** Show `notice`; null hides the widget. */
  tell(notice: INotice | null): void {
    this._notice = notice;
    this.setHidden(notice === null);
    this.update();
  }

  protected override render(): JSX.Element | null {
    const notice = this._notice;
    if (!notice) {
      return null;
    }
    return (
      <div role={notice.busy ? 'status' : 'alert'} className="spx-Notice-box">
        {notice.busy && <div className="spx-Spinner" aria-hidden="true" />}
        <p className="spx-Notice-title">{notice.title}</p>
        {notice.text && <p>{notice.text}</p>}
        {notice.action && (
          <button className="jp-mod-styled jp-mod-accept" onClick={notice.action.run}>
            {notice.action.label}
          </button>
        )}
      </div>
    );
  }

  private _notice: INotice | null = null;
}
