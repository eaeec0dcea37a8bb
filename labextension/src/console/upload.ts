import { ServerConnection } from '@jupyterlab/services';

import { toProblem, type Connection } from '../request';

/** How an upload is watched and called off. */
export interface IUpload {
  /** Called with the bytes that have gone out, of how many. */
  onProgress: (sent: number, total: number) => void;
  signal: AbortSignal;
}

/**
 * Post a form with a file, which the browser streams from the disk.
 *
 * @throws ProblemError when the server refuses; NetworkError also when it was called off.
 */
export async function sendForm<T>(
  connection: Connection,
  path: string,
  form: FormData,
  upload: IUpload
): Promise<T> {
  // Only this sort of request tells how far an upload is. The connection's own adds who we are.
  const fetch = (request: RequestInfo | URL): Promise<Response> =>
    post(request as Request, form, upload);
  const settings = { ...connection.settings, fetch };
  const init = { method: 'POST' };
  const response = await ServerConnection.makeRequest(connection.url(path), init, settings);
  if (!response.ok) {
    throw await toProblem(response);
  }
  return (await response.json()) as T;
}

function post(request: Request, form: FormData, upload: IUpload): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { onProgress, signal } = upload;
    const sender = new XMLHttpRequest();
    sender.open('POST', request.url);
    request.headers.forEach((value, name) => {
      if (name.toLowerCase() !== 'content-type') {
        sender.setRequestHeader(name, value); // the form's own type names its boundary
      }
    });
    sender.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    sender.onload = () => {
      const type = sender.getResponseHeader('Content-Type') ?? '';
      const { status, statusText } = sender;
      const headers = { 'Content-Type': type };
      resolve(new Response(sender.responseText, { status, statusText, headers }));
    };
    sender.onerror = () => reject(new TypeError('The connection was lost.'));
    sender.onabort = () => reject(new TypeError('The upload was called off.'));
    signal.addEventListener('abort', () => sender.abort(), { once: true });
    sender.send(form);
  });
}
