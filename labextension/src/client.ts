import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { Action, IModel, IPage, IRun, ITutorial } from './types';

const API = 'spikex/api/v1';

/** An answer of the server that is not a success, in the server's own words (RFC 9457). */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly hint: string
  ) {
    super(detail || title);
    this.name = 'ProblemError';
  }
}

/** The REST API of the server extension. */
export class Client {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  models(): Promise<IPage<IModel>> {
    return this.request('models?page_size=50');
  }

  runs(): Promise<IPage<IRun>> {
    return this.request('runs?page_size=20');
  }

  control(run: string, action: Action): Promise<IRun> {
    return this.request(`runs/${encodeURIComponent(run)}/control`, { action });
  }

  /** Copy a packaged tutorial into `folder` of the contents, unless it is there already. */
  copyTutorial(name: string, folder: string): Promise<ITutorial> {
    return this.request(`tutorials/${encodeURIComponent(name)}`, { folder });
  }

  private async request<T>(path: string, body?: object): Promise<T> {
    const init: RequestInit = body
      ? {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json' }
        }
      : { method: 'GET' };
    const url = URLExt.join(this.settings.baseUrl, API, path);
    const response = await ServerConnection.makeRequest(url, init, this.settings);
    const text = await response.text();
    if (!response.ok) {
      throw toProblem(response, text);
    }
    return JSON.parse(text) as T;
  }
}

function toProblem(response: Response, text: string): ProblemError {
  let problem: { title?: string; detail?: string; hint?: string } = {};
  if ((response.headers.get('Content-Type') ?? '').includes('json')) {
    problem = JSON.parse(text) as typeof problem;
  }
  return new ProblemError(
    response.status,
    problem.title ?? response.statusText,
    problem.detail ?? '',
    problem.hint ?? ''
  );
}
