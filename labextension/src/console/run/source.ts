import { useEffect, useRef, useState } from 'react';

import type { IEpoch, IEvent, IRun } from '../../types';
import { isLive } from '../../types';
import { useConsole } from '../context';
import { useResource, type IResource } from '../resource';

/** A run and the figures of its epochs, as they come. */
export interface IFollowed {
  run: IRun;
  epochs: IEpoch[];
}

/** Events that change what is shown but not what a batch tells. */
const TURNS: readonly string[] = ['state', 'artifact', 'error'];

/**
 * Follow a run: asked for once, then its events as they come for as long as it is live and the page
 * can be seen. The browser comes back by itself where the stream breaks off, from the last event on.
 */
export function useRun(id: string): IResource<IFollowed> {
  const { client, visible } = useConsole();
  const found = useResource<IFollowed>(async () => {
    const [run, metrics] = await Promise.all([client.run(id), client.metrics(id)]);
    return { run, epochs: metrics.items };
  }, [id]);
  const [news, setNews] = useState<IFollowed | null>(null);
  const reload = useRef(found.reload);
  reload.current = found.reload;
  const base = found.data;
  const live = base !== null && isLive(base.run);
  useEffect(() => {
    setNews(base);
    if (!base || !live || !visible) {
      return;
    }
    let told = base;
    const stream = new EventSource(client.eventsUrl(id, base.run.last_seq));
    stream.onmessage = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as IEvent;
      if (TURNS.includes(event.type)) {
        reload.current();
      } else {
        told = taken(told, event);
        setNews(told);
      }
    };
    stream.addEventListener('end', () => {
      stream.close();
      reload.current();
    });
    return () => stream.close();
  }, [base, live, visible]);
  return { ...found, data: news ?? base };
}

/** What is known of the run once `event` has been taken into account. */
function taken({ run, epochs }: IFollowed, event: IEvent): IFollowed {
  const figures = event as unknown as IEpoch & { progress?: IRun['progress'] };
  const progress = figures.progress ?? run.progress;
  if (event.type !== 'metrics') {
    return { run: { ...run, progress }, epochs };
  }
  const earlier = epochs.filter(({ epoch }) => epoch < figures.epoch); // a resumed run does some again
  return {
    run: { ...run, progress, summary: { ...run.summary, ...figures } },
    epochs: [...earlier, figures]
  };
}
