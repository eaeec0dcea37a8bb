import { Notification } from '@jupyterlab/apputils';
import { fileUploadIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { useConsole } from '../context';
import { bytes } from '../format';
import { Button } from '../parts/buttons';
import { Progress } from '../parts/progress';
import { Failure } from '../parts/states';
import { useDatasets } from './client';

const KINDS = '.npz,.zip,.tar,.tgz,.tar.gz';

/** Takes a file, dropped or chosen, and sends it with a name; it can be called off on the way. */
export function Uploader(): JSX.Element {
  const { trans } = useConsole();
  const [file, setFile] = React.useState<File | null>(null);
  const [over, setOver] = React.useState(false);
  const chooser = React.useRef<HTMLInputElement>(null);
  const drop = (event: React.DragEvent): void => {
    event.preventDefault();
    setOver(false);
    setFile(event.dataTransfer.files[0] ?? file);
  };
  if (file) {
    return <Upload key={file.name + file.lastModified} file={file} onDone={() => setFile(null)} />;
  }
  return (
    <div
      className={`spx-Drop ${over ? 'spx-mod-over' : ''}`}
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p>
        {trans.__(
          'Drop a file here: an .npz with arrays x and y (and x_test, y_test), or a .zip or .tar of one, or of IDX files.'
        )}
      </p>
      <Button
        label={trans.__('Choose a file…')}
        icon={fileUploadIcon}
        onClick={() => chooser.current?.click()}
      />
      <input
        ref={chooser}
        type="file"
        hidden
        accept={KINDS}
        aria-label={trans.__('File of the dataset')}
        onChange={event => setFile(event.target.files?.[0] ?? null)}
      />
    </div>
  );
}

/** One file: what it is to be called, then how far it is. */
function Upload(props: { file: File; onDone: () => void }): JSX.Element {
  const { feed, trans } = useConsole();
  const datasets = useDatasets();
  const { file, onDone } = props;
  const [name, setName] = React.useState(() => nameOf(file.name));
  const [classes, setClasses] = React.useState('');
  const [sent, setSent] = React.useState<number | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const going = React.useRef<AbortController | null>(null);
  React.useEffect(() => () => going.current?.abort(), []);

  const send = async (): Promise<void> => {
    const control = new AbortController();
    going.current = control;
    setError(null);
    setSent(0);
    const form = new FormData();
    form.append('name', name);
    if (classes.trim()) {
      form.append('classes', classes);
    }
    form.append('file', file, file.name);
    try {
      const made = await datasets.upload(form, {
        signal: control.signal,
        onProgress: (done, total) => setSent(total > 0 ? done / total : 0)
      });
      Notification.success(trans.__('%1 is there.', made.name), { autoClose: 4000 });
      void feed.refresh();
      onDone();
    } catch (reason) {
      setSent(null);
      if (!control.signal.aborted) {
        setError(reason);
      }
    }
  };
  return (
    <form
      className="spx-Form"
      onSubmit={event => {
        event.preventDefault();
        void send();
      }}
    >
      <p>{trans.__('%1, %2', file.name, bytes(file.size))}</p>
      <label>
        {trans.__('Name')}
        <input
          className="jp-mod-styled"
          value={name}
          required
          maxLength={100}
          disabled={sent !== null}
          onChange={event => setName(event.target.value)}
        />
      </label>
      <label>
        {trans.__('Names of the classes, by commas, in the order of the labels (if they have any)')}
        <input
          className="jp-mod-styled"
          value={classes}
          disabled={sent !== null}
          onChange={event => setClasses(event.target.value)}
        />
      </label>
      {sent !== null && (
        <Progress
          label={trans.__('Upload of %1', name)}
          share={sent < 1 ? sent : null}
          words={sent < 1 ? '' : trans.__('The server reads it.')}
        />
      )}
      {error !== null && <Failure error={error} />}
      <div className="spx-Row">
        {sent === null ? (
          <button type="submit" className="jp-mod-styled jp-mod-accept spx-Button">
            {trans.__('Upload')}
          </button>
        ) : null}
        <Button
          label={trans.__('Cancel')}
          onClick={sent === null ? onDone : () => going.current?.abort()}
        />
      </div>
    </form>
  );
}

/** A name for a dataset from that of its file. */
function nameOf(file: string): string {
  return file
    .replace(/\.(npz|zip|tar|tgz|tar\.gz)$/i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 60);
}
