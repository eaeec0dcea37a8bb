import React from 'react';

import { explain } from '../../errors';
import { ProblemError } from '../../request';
import { useConsole } from '../context';
import type { IResource } from '../resource';

/** Says that something is on its way. */
export function Loading(): JSX.Element {
  const { trans } = useConsole();
  return (
    <p className="spx-Loading" role="status">
      {trans.__('Loading…')}
    </p>
  );
}

/** Says that there is nothing yet, and what to do about it. */
export function Empty(props: { text: string; children?: React.ReactNode }): JSX.Element {
  return (
    <div className="spx-Nothing">
      <p>{props.text}</p>
      {props.children}
    </div>
  );
}

/** Says what went wrong, in the server's words and with its hint; offers to try again. */
export function Failure(props: { error: unknown; retry?: () => void }): JSX.Element {
  const { trans } = useConsole();
  const { error, retry } = props;
  const fields = error instanceof ProblemError ? error.errors : [];
  return (
    <div className="spx-Error" role="alert">
      <span>{explain(error, trans)}</span>
      {fields.length > 0 && (
        <ul className="spx-Error-fields">
          {fields.map(({ pointer, message }) => (
            <li key={pointer + message}>
              <code>{pointer}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {retry && (
        <button className="jp-mod-styled jp-mod-small" onClick={retry}>
          {trans.__('Try again')}
        </button>
      )}
    </div>
  );
}

/**
 * What was asked for, or why it is not there. What is known stays in sight when a later attempt
 * fails.
 */
export function Await<T>(props: {
  resource: IResource<T>;
  children: (data: T) => React.ReactNode;
}): JSX.Element {
  const { resource, children } = props;
  const { data, error, reload } = resource;
  return (
    <>
      {error !== null && <Failure error={error} retry={reload} />}
      {data !== null ? children(data) : error === null && <Loading />}
    </>
  );
}
