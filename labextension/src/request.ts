import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

const API = 'spikex/api/v1';

/** One bad field of a request: a JSON pointer to it, and what is wrong with it. */
export interface IFieldProblem {
  pointer: string;
  message: string;
}

/** An answer of the server that is not a success, in the server's own words (RFC 9457). */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly hint: string,
    readonly where = '',
    readonly errors: readonly IFieldProblem[] = []
  ) {
    super(detail || title);
    this.name = 'ProblemError';
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface IRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Query;
  /** Sent as JSON; a form as what it is. */
  body?: object | FormData;
  /** The version that the request changes; refused with 412 when there is a newer one. */
  version?: number;
}

/** A file that the server sends, and the name that it gives it. */
export interface IFile {
  blob: Blob;
  name: string;
}

/** Speaks JSON with the server extension. */
export class Connection {
  constructor(readonly settings: ServerConnection.ISettings) {}

  /** The whole address of `path`; what is null or empty in the query is left out. */
  url(path: string, query: Query = {}): string {
    const given = Object.entries(query)
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([name, value]) => [name, String(value)]);
    const search = new URLSearchParams(given).toString();
    return URLExt.join(this.settings.baseUrl, API, path) + (search && `?${search}`);
  }

  /**
   * Ask, and return the JSON answer.
   *
   * @throws ProblemError when the server refuses.
   */
  async json<T>(path: string, request: IRequest = {}): Promise<T> {
    const text = await (await this.send(path, request)).text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /**
   * Ask for a file.
   *
   * @throws ProblemError when the server refuses.
   */
  async file(path: string, query: Query = {}): Promise<IFile> {
    const response = await this.send(path, { query });
    const disposition = response.headers.get('Content-Disposition') ?? '';
    const name = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1] ?? 'download';
    return { blob: await response.blob(), name: decodeURIComponent(name) };
  }

  private async send(path: string, request: IRequest): Promise<Response> {
    const { method = 'GET', query, body, version } = request;
    const headers: Record<string, string> = {};
    const isForm = body instanceof FormData; // of which the browser says the type itself
    if (body && !isForm) {
      headers['Content-Type'] = 'application/json';
    }
    if (version !== undefined) {
      headers['If-Match'] = `"${version}"`;
    }
    const payload = isForm ? body : body && JSON.stringify(body);
    const init = { method, headers, body: payload };
    const url = this.url(path, query);
    const response = await ServerConnection.makeRequest(url, init, this.settings);
    if (!response.ok) {
      throw await toProblem(response);
    }
    return response;
  }
}

/** What an answer that is no success says. */
export async function toProblem(response: Response): Promise<ProblemError> {
  const text = await response.text();
  let problem: Partial<Omit<ProblemError, 'status'>> = {};
  if ((response.headers.get('Content-Type') ?? '').includes('json')) {
    problem = JSON.parse(text) as typeof problem;
  }
  return new ProblemError(
    response.status,
    problem.title ?? response.statusText,
    problem.detail ?? '',
    problem.hint ?? '',
    problem.where ?? '',
    problem.errors ?? []
  );
}
